// A page with nothing but the place for the Dashboard. What the snippet leaves out of its imports is here.
export { default as Uppy } from '@uppy/core'
export { default as Dashboard } from '@uppy/dashboard'

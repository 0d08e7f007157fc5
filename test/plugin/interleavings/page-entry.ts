// All code of a page, to be bundled: so each page runs it anew, with globals of its own.
export { default as Uppy } from '@uppy/core'
export { default as Partway } from '../../../plugin/src/index.js'

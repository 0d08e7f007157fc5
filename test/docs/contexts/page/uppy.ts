// A page with an Uppy and its Dashboard, to which the snippet adds an uploader.
import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'

export const uppy = new Uppy().use(Dashboard, { inline: true, target: '#drop' })

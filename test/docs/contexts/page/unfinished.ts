// A page that comes back to an upload which was begun more than a week ago, if today is in a while.
import Partway from '@partway/uppy'
import Uppy from '@uppy/core'
import { beginUpload } from './begin-upload.js'

await beginUpload('film.mp4')
export const uppy = new Uppy().use(Partway, { endpoint: '/uploads' })
export const lastWeek = new Date(Date.now() + 60_000)

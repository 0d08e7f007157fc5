// An input with which the user picks the file of an upload that was begun elsewhere.
import Partway from '@partway/uppy'
import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import { beginUpload } from './begin-upload.js'

await beginUpload('begun.mp4')
const uppy = new Uppy()
  .use(Dashboard, { inline: true, target: '#drop' })
  .use(Partway, { endpoint: '/uploads' })
export const partway = uppy.getPlugin('Partway')
const [upload] = (await partway?.unfinished()) ?? []
export const id = upload?.id ?? ''

export const input = Object.assign(document.createElement('input'), { type: 'file', id: 'pick' })
document.body.append(input)

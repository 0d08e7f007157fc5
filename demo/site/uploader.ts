// Everything a page needs: Uppy, its Dashboard, and Partway.
import Partway, { type PartwayBody } from '@partway/uppy'
import Uppy, { type Meta } from '@uppy/core'
import '@uppy/core/css/style.min.css'
import Dashboard from '@uppy/dashboard'
import '@uppy/dashboard/css/style.min.css'
import Webcam from '@uppy/webcam'
import '@uppy/webcam/css/style.min.css'

export function createUploader(): Uppy<Meta, PartwayBody> {
  return new Uppy<Meta, PartwayBody>()
    .use(Dashboard, {
      inline: true,
      target: '#drop',
      theme: 'auto',
      width: '100%',
      height: 320,
      fileManagerSelectionType: 'both',
    })
    .use(Webcam, { mobileNativeCamera: true })
    .use(Partway, { endpoint: '/uploads' })
}

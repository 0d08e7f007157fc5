// An Uppy whose user is not signed in any more.
import Partway from '@partway/uppy'
import Uppy from '@uppy/core'

export const uppy = new Uppy({ autoProceed: true }).use(Partway, { endpoint: '/nobody' })

const button = Object.assign(document.createElement('button'), { textContent: 'Upload' })
button.onclick = () => uppy.addFile({ name: 'a.txt', type: 'text/plain', data: new Blob(['12345']) })
document.body.append(button)

// An Uppy whose user is not signed in any more, and whose page asks before uploads are left.
import Partway from '@partway/uppy'
import Uppy from '@uppy/core'

export const uppy = new Uppy({ autoProceed: true }).use(Partway, {
  endpoint: '/nobody',
  askBeforeUnload: true,
})

const button = Object.assign(document.createElement('button'), { textContent: 'Upload' })
button.onclick = () => {
  const data = new Blob(['12345'])
  uppy.addFiles(['a.txt', 'b.txt'].map((name) => ({ name, type: 'text/plain', data })))
}
document.body.append(button)

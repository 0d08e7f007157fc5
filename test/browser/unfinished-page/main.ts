// A page that shows the user's unfinished uploads, begun in whatever browser, with what can be done about them.
import Partway, { type UnfinishedUpload } from '@partway/uppy'
import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'

const metaFields = [{ id: 'title', name: 'Title' }]
const uppy = new Uppy()
  .use(Dashboard, { inline: true, target: '#drop', width: '100%', metaFields })
  .use(Partway, { endpoint: '/uploads' })
const partway = uppy.getPlugin('Partway')

async function show(): Promise<void> {
  const uploads = (await partway?.unfinished()) ?? []
  document.querySelector('#unfinished')?.replaceChildren(...uploads.map(showOne))
}

function showOne({ id, name, size, bytesUploaded, startedHere, running }: UnfinishedUpload): HTMLElement {
  const item = document.createElement('li')
  const percent = Math.floor((bytesUploaded / size) * 100)
  item.append(
    `${name}: ${running ? 'running' : `${percent} %`}, begun ${startedHere ? 'here' : 'elsewhere'} `,
  )
  const picker = Object.assign(document.createElement('input'), { type: 'file' })
  picker.onchange = async () => {
    const [file] = picker.files ?? []
    if (!file) return
    await partway?.continueWith(id, file).catch((error) => item.append(error.message))
  }
  const discard = document.createElement('button')
  discard.append('Discard')
  discard.onclick = () => void partway?.discard(id)
  item.append(picker, discard)
  return item
}

uppy.on('partway:unfinished-changed', () => void show())
await show()
document.body.dataset.ready = 'yes'

// A page of an app that unmounts and mounts its uploader, with Golden Retriever if the query says so.
import Partway, { rememberHandle } from '@partway/uppy'
import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import GoldenRetriever from '@uppy/golden-retriever'

const CHUNK = 1024 ** 2

// Its types leave out what it bounds files by, which is 10 MiB otherwise.
const indexedDB = { name: 'retriever', maxFileSize: 200 * 1024 ** 2 }

function mount(): Uppy {
  const uppy = new Uppy()
    .use(Dashboard, { inline: true, target: '#drop', width: '100%' })
    .use(Partway, { endpoint: '/uploads', askBeforeUnload: location.search === '?ask' })
  if (location.search === '?retriever') uppy.use(GoldenRetriever, { indexedDB })
  return uppy
}

let uppy = mount()

Object.assign(window, {
  /** As a single-page app does when the user goes to another view and comes back. */
  remount() {
    uppy.destroy()
    uppy = mount()
  },
  /** A file of the page's own, which has a real handle and needs no picker. */
  async uploadOwnFile(name: string, size: number) {
    const folder = await navigator.storage.getDirectory()
    const handle = await folder.getFileHandle(name, { create: true })
    const writable = await handle.createWritable()
    for (let at = 0; at < size; at += CHUNK) {
      await writable.write(new Uint8Array(Math.min(CHUNK, size - at)).fill(at / CHUNK))
    }
    await writable.close()
    const file = await handle.getFile()
    rememberHandle(file, handle)
    uppy.addFile({ name, type: 'text/plain', data: file, meta: { album: 'own' } })
    void uppy.upload()
  },
  continueUnfinished: () => uppy.getPlugin('Partway')?.continueUnfinished(),
  unfinished: () => uppy.getPlugin('Partway')?.unfinished(),
})

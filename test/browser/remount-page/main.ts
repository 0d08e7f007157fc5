// A page of an app that unmounts and mounts its uploader, with Golden Retriever if the query says so.
import Partway from '@partway/uppy'
import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import GoldenRetriever from '@uppy/golden-retriever'

// Its types leave out what it bounds files by, which is 10 MiB otherwise.
const indexedDB = { name: 'retriever', maxFileSize: 200 * 1024 ** 2 }

function mount(): Uppy {
  const uppy = new Uppy()
    .use(Dashboard, { inline: true, target: '#drop', width: '100%' })
    .use(Partway, { endpoint: '/uploads' })
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
  unfinished: () => uppy.getPlugin('Partway')?.unfinished(),
})

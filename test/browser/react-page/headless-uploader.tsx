// `@uppy/react` without the Dashboard: its own small components, with an Uppy of the component's state.
import Partway from '@partway/uppy'
import Uppy from '@uppy/core'
import { Dropzone, FilesList, UploadButton, UppyContextProvider } from '@uppy/react'
import { useState } from 'react'

export function HeadlessUploader() {
  const [uppy] = useState(() => new Uppy().use(Partway, { endpoint: '/uploads' }))
  return (
    <UppyContextProvider uppy={uppy}>
      <Dropzone />
      <UploadButton />
      <FilesList />
    </UppyContextProvider>
  )
}

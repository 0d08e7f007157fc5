// An app in React's strict mode, which mounts every component twice, with an uploader that can be shown and hidden.
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { HeadlessUploader } from './headless-uploader.js'
import { newUppy, Uploader, UploaderOfItsOwn } from './uploader.js'

/** Of the page, so it outlives the component that shows it. */
const uppyOfThePage = location.search === '?page' ? newUppy() : undefined

function AnyUploader() {
  if (location.search === '?headless') return <HeadlessUploader />
  return uppyOfThePage ? <Uploader uppy={uppyOfThePage} /> : <UploaderOfItsOwn />
}

function App() {
  const [shown, setShown] = useState(true)
  return (
    <>
      <button type="button" id="toggle" onClick={() => setShown(!shown)}>
        {shown ? 'Hide' : 'Show'}
      </button>
      {shown && <AnyUploader />}
    </>
  )
}

const root = document.getElementById('app')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}

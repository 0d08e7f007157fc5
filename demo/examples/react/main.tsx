// The page: React in strict mode, with the uploader.
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Uploader } from './uploader.js'

const root = document.querySelector('#app')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Uploader />
    </StrictMode>,
  )
}

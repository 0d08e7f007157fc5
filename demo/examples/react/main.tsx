// The page: React in strict mode, with the uploader and a list of what has arrived in S3.
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { Uploader } from './uploader.js'

function App() {
  const [keys, setKeys] = useState<string[]>([])
  return (
    <main>
      <Uploader onUploaded={({ key }) => setKeys((earlier) => [...earlier, key])} />
      <ul id="uploaded">
        {keys.map((key) => (
          <li key={key}>{key}</li>
        ))}
      </ul>
    </main>
  )
}

const root = document.querySelector('#app')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}

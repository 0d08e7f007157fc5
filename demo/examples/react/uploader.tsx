// The Dashboard, and a list of what has arrived in S3.
import Partway, { type PartwayBody } from '@partway/uppy'
import Uppy, { type Meta } from '@uppy/core'
import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'
import { useUppyEvent } from '@uppy/react'
import Dashboard from '@uppy/react/dashboard'
import { useState } from 'react'

/** Belongs to the page: uploads continue while the component is not shown. */
const uppy = new Uppy<Meta, PartwayBody>().use(Partway, { endpoint: '/uploads' })

export function Uploader() {
  const [keys, setKeys] = useState<string[]>([])
  useUppyEvent(uppy, 'upload-success', (_, { body }) => {
    if (body) setKeys((earlier) => [...earlier, body.key])
  })
  return (
    <main>
      <Dashboard uppy={uppy} />
      <ul>
        {keys.map((key) => (
          <li key={key}>{key}</li>
        ))}
      </ul>
    </main>
  )
}

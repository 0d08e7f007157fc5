// `@uppy/react` as its documentation has it: the Dashboard, a hook for Uppy's state and one for its events.
import Partway, { type PartwayBody } from '@partway/uppy'
import Uppy, { type Meta } from '@uppy/core'
import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'
import { useUppyEvent, useUppyState } from '@uppy/react'
import Dashboard from '@uppy/react/dashboard'
import { useEffect, useState } from 'react'

type PageUppy = Uppy<Meta, PartwayBody>

export function newUppy(): PageUppy {
  return new Uppy<Meta, PartwayBody>().use(Partway, { endpoint: '/uploads' })
}

export function Uploader({ uppy }: { uppy: PageUppy }) {
  const percent = useUppyState(uppy, ({ totalProgress }) => totalProgress)
  const [uploaded, setUploaded] = useState<string[]>([])
  useUppyEvent(uppy, 'upload-success', (_, { body }) => {
    if (body) setUploaded((keys) => [...keys, body.key])
  })
  return (
    <>
      <Dashboard uppy={uppy} width="100%" />
      <output>{percent} %</output>
      <ul id="uploaded">
        {uploaded.map((key) => (
          <li key={key}>{key}</li>
        ))}
      </ul>
    </>
  )
}

/** With an Uppy that lives as long as the component is shown. */
export function UploaderOfItsOwn() {
  const [uppy, setUppy] = useState<PageUppy>()
  useEffect(() => {
    const mounted = newUppy()
    setUppy(mounted)
    return () => mounted.destroy()
  }, [])
  return uppy && <Uploader uppy={uppy} />
}

// Uppy's Dashboard, and the unfinished uploads of the user, to continue or to discard.
import Partway, { type PartwayBody, type UnfinishedUpload } from '@partway/uppy'
import Uppy, { type Meta } from '@uppy/core'
import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'
import { useUppyEvent, useUppyState } from '@uppy/react'
import Dashboard from '@uppy/react/dashboard'
import { useEffect, useRef, useState } from 'react'

type PageUppy = Uppy<Meta, PartwayBody>

interface UploaderProps {
  /** Called with each object that has arrived in S3. */
  onUploaded?: (object: PartwayBody) => void
}

export function createUppy(): PageUppy {
  return new Uppy<Meta, PartwayBody>().use(Partway, { endpoint: '/uploads' })
}

/** Creates an Uppy when it is shown, and destroys it when it is removed. What S3 has of an upload stays there. */
export function Uploader(props: UploaderProps) {
  const [uppy, setUppy] = useState<PageUppy>()
  useEffect(() => {
    const created = createUppy()
    setUppy(created)
    return () => created.destroy()
  }, [])
  return uppy && <UploaderOf uppy={uppy} {...props} />
}

/** Shows an Uppy that is created elsewhere. */
export function UploaderOf({ uppy, onUploaded }: UploaderProps & { uppy: PageUppy }) {
  useUppyEvent(uppy, 'upload-success', (_, { body }) => body && onUploaded?.(body))
  return (
    <>
      <UnfinishedUploads uppy={uppy} />
      <Dashboard uppy={uppy} width="100%" />
    </>
  )
}

function UnfinishedUploads({ uppy }: { uppy: PageUppy }) {
  const partway = uppy.getPlugin('Partway')
  const uploads = useUnfinished(uppy)
  const [problem, setProblem] = useState('')
  const attempt = (action?: Promise<void>) => {
    setProblem('')
    action?.catch((error: Error) => setProblem(error.message))
  }
  return (
    <>
      {uploads.length > 0 && (
        <ul aria-label="Unfinished uploads">
          {uploads.map(({ id, name, size, bytesUploaded }) => (
            <li key={id}>
              {name}: {Math.floor((bytesUploaded / size) * 100)} % uploaded{' '}
              <ContinueButton name={name} onPicked={(file) => attempt(partway?.continueWith(id, file))} />{' '}
              <button
                type="button"
                aria-label={`Discard ${name}`}
                onClick={() => attempt(partway?.discard(id))}
              >
                Discard
              </button>
            </li>
          ))}
        </ul>
      )}
      <p role="alert">{problem}</p>
    </>
  )
}

/** Lets the user pick the file again: after a reload, a page may not read it without that. */
function ContinueButton({ name, onPicked }: { name: string; onPicked: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? []
          if (file) onPicked(file)
          // The same file can be picked again.
          target.value = ''
        }}
      />
      <button type="button" aria-label={`Continue ${name}`} onClick={() => input.current?.click()}>
        Continue
      </button>
    </>
  )
}

/** The unfinished uploads, without those that the Dashboard shows. */
function useUnfinished(uppy: PageUppy): UnfinishedUpload[] {
  const [uploads, setUploads] = useState<UnfinishedUpload[]>([])
  const files = Object.values(useUppyState(uppy, (state) => state.files))
  useEffect(() => {
    let asked = 0
    const ask = async () => {
      const turn = ++asked
      // Without an answer, the list stays as it is.
      const listing = uppy.getPlugin('Partway')?.unfinished()
      const listed = await listing?.catch(() => undefined)
      if (listed && turn === asked) setUploads(listed)
    }
    void ask()
    uppy.on('partway:unfinished-changed', ask)
    return () => {
      asked++
      uppy.off('partway:unfinished-changed', ask)
    }
  }, [uppy])
  return uploads.filter(({ name, size }) => !files.some((file) => file.name === name && file.size === size))
}

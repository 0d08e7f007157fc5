// The ceiling: nothing but the requests that carry the bytes.
import type { KnownTransfer, PrepareUpload } from '../page-client.js'
import { countDown, type Sendable, sendKnown } from './send-known.js'

export const prepare: PrepareUpload = async (files, { transfers }) => {
  const read = ({ file, start, end, fields }: KnownTransfer): Sendable => {
    const bytes = (files[file] as File).slice(start, end)
    return { body: fields ? toForm(fields, bytes) : bytes }
  }
  return { run: (finished) => sendKnown(transfers, read, countDown(files, transfers, finished)) }
}

function toForm(fields: Record<string, string>, file: Blob): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', file)
  return form
}

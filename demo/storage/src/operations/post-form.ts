// Opens a form upload: the fields before the one named `file`, and `file` as a stream. Ignores what follows it.
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { MultipartReader, readAll } from '../bodies/multipart-reader.js'
import { readBody } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'

export interface Form {
  /** By lower-case name. */
  fields: Map<string, string>
  /** Without a path. */
  filename: string
  file: Readable
  /** Stops reading. */
  discard(): void
}

const maxFieldsBytes = 20 * 1024

/** @throws S3Error if the form has no file, or its fields exceed 20 KB */
export async function openForm(message: IncomingMessage): Promise<Form> {
  const body = readBody(message)
  try {
    const reader = new MultipartReader(body, message.headers['content-type'] ?? '')
    const fields = new Map<string, string>()
    let left = maxFieldsBytes
    for (let part = await reader.next(); part; part = await reader.next()) {
      const { name, filename, content } = part
      if (name.toLowerCase() === 'file') {
        return { fields, filename, file: Readable.from(content), discard: () => body.destroy() }
      }
      const value = await readAll(content, left - Buffer.byteLength(name))
      left -= Buffer.byteLength(name) + value.length
      if (fields.has(name.toLowerCase())) {
        throw new S3Error('InvalidArgument', `The form has more than one field ${name}.`)
      }
      fields.set(name.toLowerCase(), value.toString())
    }
    throw new S3Error('InvalidArgument', 'POST requires exactly one file upload per request.')
  } catch (error) {
    body.destroy()
    throw error
  }
}

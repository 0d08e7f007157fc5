// Opens a form upload: the fields before the file, and the file as a stream. What follows the file is ignored.
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import busboy from 'busboy'
import { readBody } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'

export interface Form {
  /** By lower-case name. */
  fields: Map<string, string>
  /** Without a path. */
  filename: string
  file: Readable
  /** Settles when the whole form has arrived; it fails for one that was cut off. */
  ended: Promise<void>
  /** Stops reading. */
  discard(): void
}

const maxFieldsBytes = 20 * 1024

/** @throws S3Error when the form has no file, or its fields are more than 20 KB */
export function openForm(message: IncomingMessage): Promise<Form> {
  const parser = createParser(message)
  const fields = new Map<string, string>()
  let fieldsBytes = 0
  const ended = pipeline(readBody(message), parser).catch((error: unknown) => {
    throw message.complete ? new S3Error('MalformedPOSTRequest') : error
  })
  return new Promise<Form>((resolve, reject) => {
    let isOpen = false
    const refuse = (error: S3Error): void => {
      reject(error)
      parser.destroy()
    }
    parser.on('field', (name, value, { valueTruncated, nameTruncated }) => {
      if (isOpen) return
      fieldsBytes += Buffer.byteLength(name) + Buffer.byteLength(value)
      if (valueTruncated || nameTruncated || fieldsBytes > maxFieldsBytes) {
        refuse(new S3Error('MaxPostPreDataLengthExceeded'))
      } else if (fields.has(name.toLowerCase())) {
        refuse(new S3Error('InvalidArgument', `The form has more than one field ${name}.`))
      } else {
        fields.set(name.toLowerCase(), value)
      }
    })
    parser.on('file', (name, file, { filename }) => {
      // Its error is also that of the parser, and after a refusal nobody reads it.
      file.on('error', () => undefined)
      if (name?.toLowerCase() !== 'file') {
        refuse(exactlyOneFile())
        return
      }
      isOpen = true
      resolve({ fields, filename: filename ?? '', file, ended, discard: () => parser.destroy() })
    })
    ended.then(() => reject(exactlyOneFile()), reject)
  })
}

function createParser(message: IncomingMessage): busboy.Busboy {
  try {
    return busboy({
      headers: message.headers,
      defParamCharset: 'utf8',
      limits: { files: 1, fieldSize: maxFieldsBytes },
    })
  } catch {
    throw new S3Error('MalformedPOSTRequest')
  }
}

function exactlyOneFile(): S3Error {
  return new S3Error('InvalidArgument', 'POST requires exactly one file upload per request.')
}

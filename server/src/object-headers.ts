// What is stored with an object: its content type, its download name and its metadata.
import contentDisposition from 'content-disposition'
import { PartwayError } from './errors.js'

/** Metadata name under which every object carries the UUID of its upload. */
export const UPLOAD_ID_METADATA = 'partway-id'

/** S3's bound on all metadata names and values of an object. Source: "Working with object metadata". */
export const MAX_METADATA_BYTES = 2048

export interface ObjectHeaders {
  contentType: string
  contentDisposition: string
  /** Ready for S3: lower-case names, ASCII values. */
  metadata: Record<string, string>
}

/** What the client says about a file. */
export interface FileDescription {
  name: string
  /** `''` when unknown. */
  type: string
  metadata: Record<string, string>
}

/** @throws PartwayError `invalid_request` (field `type` or `metadata`), `metadata_too_large` */
export function describeObject(id: string, file: FileDescription): ObjectHeaders {
  return {
    contentType: checkContentType(file.type),
    contentDisposition: attachment(file.name),
    metadata: encodeMetadata(id, file.metadata),
  }
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
/** RFC 9110, 8.3.1 Media Type. */
const MEDIA_TYPE = new RegExp(
  `^${token}/${token}(?:[ \\t]*;[ \\t]*${token}=(?:${token}|"[ !#-\\[\\]-~]*"))*$`,
)

function checkContentType(type: string): string {
  if (type === '') return 'application/octet-stream'
  if (type.length <= 255 && MEDIA_TYPE.test(type)) return type
  throw new PartwayError('invalid_request', 'type must be a MIME type such as image/png, or empty.', {
    field: 'type',
  })
}

// As an attachment, an uploaded HTML page does not run in the origin of the bucket.
function attachment(fileName: string): string {
  return contentDisposition(fileName, { type: 'attachment', fallback: fileName.replace(/[^ -~]/gu, '_') })
}

function encodeMetadata(id: string, metadata: Record<string, string>): Record<string, string> {
  const encoded = new Map([[UPLOAD_ID_METADATA, id]])
  for (const [name, value] of Object.entries(metadata)) {
    const lowerCase = checkMetadataName(name)
    if (encoded.has(lowerCase)) throw invalidMetadata('has two names that differ in case only')
    if (value !== '') encoded.set(lowerCase, encodeMetadataValue(value))
  }
  let bytes = 0
  for (const [name, value] of encoded) bytes += name.length + value.length
  if (bytes <= MAX_METADATA_BYTES) return Object.fromEntries(encoded)
  throw new PartwayError(
    'metadata_too_large',
    `The metadata takes ${bytes} bytes, and S3 keeps at most ${MAX_METADATA_BYTES}. Send less of it.`,
    { field: 'metadata' },
  )
}

function checkMetadataName(name: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw invalidMetadata('has a name that is not 1 to 64 letters, digits, _ or -')
  }
  const lowerCase = name.toLowerCase()
  if (lowerCase.startsWith('partway-')) throw invalidMetadata('has a name that starts with partway-')
  return lowerCase
}

function invalidMetadata(problem: string): PartwayError {
  return new PartwayError('invalid_request', `metadata ${problem}.`, { field: 'metadata' })
}

/**
 * Header values are ASCII; anything else travels as RFC 2047 encodes it, which is also how S3 gives it back.
 * Values that a reader would take for encoded, or that HTTP would trim, are encoded as well.
 */
export function encodeMetadataValue(value: string): string {
  const isPlain = /^[!-~](?:[ -~]*[!-~])?$/.test(value) && !value.startsWith('=?')
  return isPlain ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`
}

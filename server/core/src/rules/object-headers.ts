// What is stored with an object: its content type, its download name, its metadata and the host's object options.
import contentDisposition from 'content-disposition'
import { PartwayError } from '../errors.js'
import { decodeWords, encodeWord } from './encoded-words.js'
import { cutName } from './object-key.js'
import type { ResolvedObjectOptions } from './object-options.js'

/** Metadata name under which every object carries the UUID of its upload. */
export const UPLOAD_ID_METADATA = 'partway-id'

/**
 * Most bytes of the page's metadata, names and encoded values: S3's 2,048 for all of an object, less the upload's UUID.
 * Source: "Working with object metadata".
 */
export const MAX_METADATA_BYTES = 2048 - UPLOAD_ID_METADATA.length - 36

/** Names longer than any file system allows are cut: S3 accepts 8 KB of headers and 20 KB of form fields. */
const MAX_DOWNLOAD_NAME_BYTES = 765

export interface ObjectHeaders {
  contentType: string
  contentDisposition: string
  /** Ready for S3: lower-case names, ASCII values. */
  metadata: Record<string, string>
  /** The host's choice of access, encryption, storage class, caching and tags. */
  options: ResolvedObjectOptions
}

interface FileDescription {
  /** UUID of the upload. */
  id: string
  name: string
  /** `''` when unknown. */
  type: string
  metadata: Record<string, string>
}

/** @throws PartwayError `invalid_request` (field `type` or `metadata`), `metadata_too_large` */
export function describeObject(
  file: FileDescription,
  options: ResolvedObjectOptions,
  maxMetadataBytes: number,
): ObjectHeaders {
  return {
    contentType: checkContentType(file.type),
    contentDisposition: options.contentDisposition ?? attachment(file.name),
    metadata: encodeMetadata(file.id, file.metadata, maxMetadataBytes),
    options,
  }
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
/** RFC 9110, 8.3.1 Media Type. */
const MEDIA_TYPE = new RegExp(`^${token}/${token}(?: *; *${token}=(?:${token}|"[ !#-\\[\\]-~]*"))*$`)

function checkContentType(type: string): string {
  if (type === '') return 'application/octet-stream'
  if (MEDIA_TYPE.test(type) && !type.includes('${')) return type
  throw new PartwayError('invalid_request', 'type must be a MIME type such as image/png, or empty.', {
    field: 'type',
  })
}

// As an attachment, an uploaded HTML page does not run in the origin of the bucket.
function attachment(fileName: string): string {
  const name = cutName(fileName, MAX_DOWNLOAD_NAME_BYTES)
  // S3 replaces ${filename} in a form field with another name. Browsers decode RFC 2047 in the fallback.
  const fallback = name.replace(/[^ -~]|\$(?=\{)|=(?=\?)/gu, '_')
  return contentDisposition(name, { type: 'attachment', fallback })
}

function encodeMetadata(
  id: string,
  metadata: Record<string, string>,
  maxBytes: number,
): Record<string, string> {
  const encoded = new Map<string, string>()
  for (const [name, value] of Object.entries(metadata)) {
    const lowerCase = checkMetadataName(name)
    if (encoded.has(lowerCase)) throw invalidMetadata('has two names that differ in case only')
    if (value !== '') encoded.set(lowerCase, encodeMetadataValue(value))
  }
  let bytes = 0
  for (const [name, value] of encoded) bytes += name.length + value.length
  if (bytes <= maxBytes) return { ...Object.fromEntries(encoded), [UPLOAD_ID_METADATA]: id }
  throw new PartwayError(
    'metadata_too_large',
    `The metadata takes ${bytes} bytes, and at most ${maxBytes} are kept. Send less of it.`,
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

/** Encodes text that is not ASCII, that a reader would take for encoded, or that HTTP would trim. */
function encodeMetadataValue(value: string): string {
  const isPlain = /^[!-~](?:[ -~]*[!-~])?$/.test(value) && !/=\?|\$\{/.test(value)
  return isPlain ? value : encodeWord(value)
}

/**
 * The metadata of an object as the page sent it, without the entry `partway-id`.
 * @param metadata as S3 returns it for a HEAD request: `Metadata` of `HeadObjectCommand`'s output
 */
export function decodeMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(metadata).filter(([name]) => name !== UPLOAD_ID_METADATA)
  return Object.fromEntries(own.map(([name, value]) => [name, decodeWords(value)]))
}

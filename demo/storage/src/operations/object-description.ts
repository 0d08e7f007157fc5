// The headers, user metadata and tags that S3 keeps with an object, taken from a request or a form.
import { validateHeaderName, validateHeaderValue } from 'node:http'
import { S3Error } from '../s3-error.js'
import type { Description, Tag } from '../state/records.js'
import { checkAcl } from './acl.js'
import { toHeaderBytes } from './header-entries.js'
import { readTagHeader } from './tags.js'

const keptHeaders = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
]

/** Query parameters of a signed GET that replace a header of the reply. */
export const overrides: ReadonlyMap<string, string> = new Map(
  keptHeaders.map((name) => [`response-${name}`, name]),
)

const metadataPrefix = 'x-amz-meta-'
const encryptionHeader = 'x-amz-server-side-encryption'
const maxMetadataBytes = 2 * 1024

/** @throws S3Error MetadataTooLarge above 2 KB, AccessControlListNotSupported, InvalidTag */
export function readDescription(fields: Iterable<[string, string]>): Description {
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' }
  const metadata = new Map<string, string>()
  let metadataBytes = 0
  let tags: Tag[] = []
  let encryption: Description['encryption']
  for (const [name, value] of fields) {
    if (name.startsWith(metadataPrefix)) {
      checkHeader(name, value)
      metadata.set(name.slice(metadataPrefix.length), value)
      // A header is read as Latin-1: each character is a byte.
      metadataBytes += name.length - metadataPrefix.length + value.length
    } else if (keptHeaders.includes(name)) {
      checkHeader(name, value)
      headers[name] = value
    }
    checkAcl(name, value)
    if (name === 'x-amz-tagging') tags = readTagHeader(value)
    if (name === encryptionHeader) encryption = 'AES256'
  }
  if (metadataBytes > maxMetadataBytes) {
    throw new S3Error('MetadataTooLarge', undefined, {
      Size: `${metadataBytes}`,
      MaxSizeAllowed: `${maxMetadataBytes}`,
    })
  }
  dropAwsChunked(headers)
  return {
    headers,
    // Assigned one by one, `__proto__` would be lost.
    metadata: Object.fromEntries(metadata),
    ...(tags.length > 0 && { tags }),
    ...(encryption && { encryption }),
  }
}

/** The headers of a reply with the object, after the overrides in the query. */
export function describe(description: Description, query: URLSearchParams): Record<string, string> {
  const { headers, metadata, tags = [] } = description
  const reply: Record<string, string> = { ...headers, ...encryptionHeaders(description) }
  for (const [parameter, name] of overrides) {
    const value = query.get(parameter)
    if (value === null) continue
    reply[name] = toHeaderBytes(value)
    checkHeader(name, reply[name])
  }
  for (const [name, value] of Object.entries(metadata)) reply[metadataPrefix + name] = value
  if (tags.length > 0) reply['x-amz-tagging-count'] = `${tags.length}`
  return reply
}

/** S3 acknowledges in every reply that it encrypts the object. */
export function encryptionHeaders({ encryption }: Pick<Description, 'encryption'>): Record<string, string> {
  return encryption ? { [encryptionHeader]: encryption } : {}
}

/** Refuses what could not be sent back as a header. @throws S3Error InvalidArgument */
function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  } catch {
    throw new S3Error('InvalidArgument', 'Header value cannot be represented', { ArgumentName: name })
  }
}

/** `aws-chunked` describes the transfer, not the object. */
function dropAwsChunked(headers: Record<string, string>): void {
  const encodings = headers['content-encoding']?.split(',').map((encoding) => encoding.trim())
  const kept = encodings?.filter((encoding) => encoding !== 'aws-chunked')
  if (kept?.length) headers['content-encoding'] = kept.join(',')
  else delete headers['content-encoding']
}

// Describes an object to the page, from what S3 keeps with it.
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import { decodeMetadata } from '@partway/koa'

export interface LibraryEntry {
  key: string
  /** The object's URL, without a signature. */
  location: string
  /** The file's own name, as far as S3 kept it. */
  name: string
  /** Bytes. */
  size: number
  /** MIME type. */
  type: string
  /** ISO 8601. */
  storedAt: string
  /** S3's own checksum of the content, or its ETag. */
  checksum: { kind: string; value: string }
  /** Whether a browser can show it as a small picture. */
  hasPreview: boolean
}

const previewTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']
/** Pages should not load whole photo albums at full size. */
const MAX_PREVIEW_BYTES = 8 * 1024 ** 2

const checksumFields = [
  ['SHA-256', 'ChecksumSHA256'],
  ['CRC-64/NVME', 'ChecksumCRC64NVME'],
  ['CRC-32C', 'ChecksumCRC32C'],
] as const

/** @param url of the object; its query is dropped */
export function describeEntry(key: string, url: string, head: HeadObjectCommandOutput): LibraryEntry {
  const { ContentLength: size = 0, ContentType: type = '', LastModified, Metadata = {} } = head
  return {
    key,
    location: url.replace(/\?.*/s, ''),
    name: decodeMetadata(Metadata).name ?? key.slice(key.lastIndexOf('/') + 1),
    size,
    type,
    storedAt: (LastModified ?? new Date(0)).toISOString(),
    checksum: readChecksum(head),
    hasPreview: previewTypes.includes(type) && size <= MAX_PREVIEW_BYTES,
  }
}

function readChecksum(head: HeadObjectCommandOutput): LibraryEntry['checksum'] {
  for (const [kind, field] of checksumFields) {
    const value = head[field]
    if (value) return { kind, value }
  }
  const etag = (head.ETag ?? '').replaceAll('"', '')
  // S3 User Guide, "Checking object integrity": of an upload in parts it is the MD5 of their MD5s.
  return { kind: /^[0-9a-f]{32}-\d+$/.test(etag) ? 'MD5 of parts' : 'MD5', value: etag }
}

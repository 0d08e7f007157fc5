// Converts between the SDK's shapes and the port's.
import type { CompletedPart, HeadObjectCommandOutput, Part } from '@aws-sdk/client-s3'
import type { StoredPart } from '../protocol.js'
import { CRC64NVME } from '../rules/checksums.js'
import { UPLOAD_ID_METADATA } from '../rules/object-headers.js'
import type { ListedPart, ObjectHead } from './s3.js'

export function toObjectHead(head: HeadObjectCommandOutput): ObjectHead {
  const { ContentLength: size = 0, ETag, ContentType: type = '', Metadata: metadata = {} } = head
  const crc64nvme = head[CRC64NVME.field]
  return {
    size,
    etag: quote(ETag),
    storedAt: head.LastModified?.getTime() ?? 0,
    type,
    metadata,
    id: metadata[UPLOAD_ID_METADATA],
    ...(crc64nvme !== undefined && { crc64nvme }),
    // An object from parts has their number at the end of its ETag.
    md5Etag: hasMd5Etag(head.ServerSideEncryption) && /^"?[0-9a-f]{32}"?$/.test(ETag ?? ''),
  }
}

/** Whether the ETag is the MD5 with this encryption. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html */
export function hasMd5Etag(encryption: string | undefined): boolean {
  return encryption === undefined || encryption === 'AES256'
}

export function toListedPart(part: Part): ListedPart {
  const { PartNumber = 0, Size = 0, ETag, LastModified } = part
  const storedAt = LastModified?.getTime() ?? 0
  const stored: ListedPart = { partNumber: PartNumber, size: Size, etag: quote(ETag), storedAt }
  const crc64nvme = part[CRC64NVME.field]
  if (crc64nvme !== undefined) stored.checksums = { crc64nvme }
  return stored
}

export function toCompletedPart({ partNumber, etag, checksums = {} }: StoredPart): CompletedPart {
  return { PartNumber: partNumber, ETag: etag, [CRC64NVME.field]: checksums.crc64nvme }
}

// Some stores omit the quotes in some replies (RFC 9110, 8.8.3 requires them).
export function quote(etag = ''): string {
  return etag === '' || etag.endsWith('"') ? etag : `"${etag}"`
}

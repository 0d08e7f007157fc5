// The id of an upload: a UUID that also says how many bytes the file has.
import { createHash, randomUUID } from 'node:crypto'
import { MAX_OBJECT_SIZE } from './plan-parts.js'

/**
 * A UUID of version 8 (RFC 9562, section 5.8: bits of one's own choice): the last group is the file's size in bytes, in
 * hexadecimal; the other 74 bits are random, but for the first group: the uploads of one call have it in common, and so
 * have those of one nonce.
 *
 * S3 tells nothing of an unfinished upload but its key, and the default key holds this id: so the server finds an
 * owner's uploads again without keeping them anywhere. The size stays the server's word: nobody else can create an
 * upload in the bucket, and what S3 holds of one cannot be renamed.
 *
 * @param size bytes, 0 to 10,000 × 5 GiB; `undefined` if the client does not tell, which is kept as 0
 * @param together of what is created by one call: {@link nonceGroup} if the page sent a nonce, else {@link randomGroup}
 */
export function makeUploadId(size = 0, together = randomGroup()): string {
  const random = randomUUID()
  return `${together}${random.slice(8, 14)}8${random.slice(15, 24)}${size.toString(16).padStart(12, '0')}`
}

/** For one file of one page, however often it is asked for. Of one owner, 32 bits tell. */
export function nonceGroup(nonce: string): string {
  return createHash('sha256').update(nonce).digest('hex').slice(0, 8)
}

export function randomGroup(): string {
  return randomUUID().slice(0, 8)
}

/** What the ids of all uploads of this one's group start with. */
export function togetherPrefix(id: string): string {
  return id.slice(0, 9)
}

const UPLOAD_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-([0-9a-f]{12})$/

/** Bytes of the file, 0 if they are not known. `undefined`: not an id of {@link makeUploadId}. */
export function readUploadSize(id: string): number | undefined {
  const digits = UPLOAD_ID.exec(id)?.[1]
  if (digits === undefined) return undefined
  const size = Number.parseInt(digits, 16)
  return size <= MAX_OBJECT_SIZE ? size : undefined
}

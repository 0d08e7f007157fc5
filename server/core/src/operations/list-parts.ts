// Lists the parts of an upload that S3 holds.
import { PartwayError } from '../errors.js'
import type { StoredPart } from '../protocol.js'
import type { ListedPart } from '../s3/s3.js'
import type { Service } from '../service.js'
import type { MultipartTicket, OpenTicket } from '../tickets/ticket.js'

/** @throws PartwayError `upload_gone` when S3 does not know the upload, because it was completed or aborted */
export async function listParts(
  { s3, signal }: Service,
  ticket: MultipartTicket | OpenTicket,
): Promise<StoredPart[]> {
  const parts = await s3.listParts(ticket, signal)
  if (parts) return describeParts(ticket, parts)
  throw new PartwayError(
    'upload_gone',
    'S3 does not know this upload any more. Complete it or start it again.',
  )
}

/** The parts as a page gets them. */
export function describeParts(ticket: MultipartTicket | OpenTicket, parts: ListedPart[]): StoredPart[] {
  const hasMd5 = ticket.kind === 'multipart' && ticket.md5Etags
  return parts.map(({ storedAt, ...part }) => (hasMd5 ? withMd5(part) : part))
}

function withMd5(part: StoredPart): StoredPart {
  const md5 = Buffer.from(part.etag.replaceAll('"', ''), 'hex')
  // This store's ETags are not MD5s.
  if (md5.length !== 16) return part
  return { ...part, checksums: { md5: md5.toString('base64'), ...part.checksums } }
}

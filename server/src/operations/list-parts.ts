// What S3 holds of an upload.
import { PartwayError } from '../errors.js'
import type { StoredPart } from '../protocol.js'
import type { Service } from '../service.js'
import type { MultipartTicket, OpenTicket } from '../tickets/ticket.js'

/** @throws PartwayError `upload_gone` when S3 does not know the upload, because it was completed or aborted */
export async function listParts(
  { s3, signal }: Service,
  ticket: MultipartTicket | OpenTicket,
): Promise<StoredPart[]> {
  const parts = await s3.listParts(ticket, signal)
  if (parts) return parts
  throw new PartwayError(
    'upload_gone',
    'S3 does not know this upload any more. Complete it or start it again.',
  )
}

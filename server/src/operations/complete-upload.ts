// Finishes an upload once S3 holds all of it. Can be called again: a completed upload completes.
import { PartwayError } from '../errors.js'
import type { ChecksumKind, CompletedUpload, StoredPart } from '../protocol.js'
import { type AdditionalKind, isChecksum, isOfWhole } from '../rules/checksums.js'
import { checkSize } from '../rules/limits.js'
import type { ObjectHead, WholeObject } from '../s3/s3.js'
import { busy } from '../s3/s3-errors.js'
import type { Service } from '../service.js'
import type { MultipartTicket, OpenTicket, SingleTicket } from '../tickets/ticket.js'
import { abortUpload } from './abort-upload.js'
import { checkPlannedParts, checkReportedParts, type ReportedPart } from './check-parts.js'
import { deliverObject } from './deliver-object.js'

/**
 * @param known.checksum of the whole object, for uploads that have one
 * @param known.head what S3 has said of the object of an upload in one request, since this call began
 * @throws PartwayError `parts_missing`, `part_size_mismatch`, `part_mismatch` (all resumable), `object_missing`,
 * `object_mismatch`, `upload_gone`, `invalid_request`, and as {@link deliverObject}
 */
export async function completeUpload(
  service: Service,
  ticket: SingleTicket | MultipartTicket,
  { checksum, head: known }: { checksum?: string | undefined; head?: ObjectHead | undefined } = {},
): Promise<CompletedUpload> {
  const kind = ticket.kind === 'multipart' ? ticket.checksum : undefined
  const whole =
    checksum === undefined ? undefined : { kind: checkWholeChecksum(kind, checksum), value: checksum }
  const head =
    ticket.kind === 'single'
      ? await findSingle(service, ticket, known)
      : await completeParts(service, ticket, (stored) => checkPlannedParts(stored, ticket), whole)
  return await deliverObject(service, ticket, head)
}

function checkWholeChecksum(kind: ChecksumKind | undefined, checksum: string): AdditionalKind {
  if (isOfWhole(kind) && isChecksum(kind, checksum)) return kind
  const problem = isOfWhole(kind)
    ? `must be the ${kind} of the whole file, in Base64`
    : 'this upload has no checksum of the whole'
  throw new PartwayError('invalid_request', `checksum: ${problem}.`, { field: 'checksum' })
}

/**
 * For an upload without a plan: S3's list has to be the client's list.
 *
 * @throws PartwayError as {@link completeUpload}; `file_too_large` and `file_too_small`, which end the upload
 */
export async function completeOpenUpload(
  service: Service,
  ticket: OpenTicket,
  reported: ReportedPart[],
): Promise<CompletedUpload> {
  const head = await completeParts(service, ticket, async (stored) => {
    checkReportedParts(stored, reported)
    try {
      checkSize(sumSizes(stored), ticket)
    } catch (error) {
      // No repetition can mend it, so nothing of it is left behind.
      await abortUpload(service, ticket)
      throw error
    }
  })
  return await deliverObject(service, ticket, head)
}

async function findSingle(
  service: Service,
  ticket: SingleTicket,
  known: ObjectHead | undefined,
): Promise<ObjectHead> {
  const { s3 } = service
  const head = known ?? (await s3.headObject(ticket))
  if (!head) {
    throw new PartwayError('object_missing', 'The file has not arrived. Send it, then complete again.')
  }
  if (head.id !== ticket.id || head.size !== ticket.size) {
    const message = 'The object at this key is not this file. Start the upload again.'
    throw new PartwayError('object_mismatch', message)
  }
  if (ticket.md5 === undefined || head.etag === toEtag(ticket.md5)) return head
  // A list does not tell whether the ETag is an MD5.
  if (known) return await findSingle(service, ticket, undefined)
  if (!head.md5Etag) return head
  // The page may have sent it again meanwhile.
  if (!(await s3.deleteObject(ticket, head.etag))) return await findSingle(service, ticket, undefined)
  const message = 'What arrived is not the content of the file. Send it again, then complete again.'
  throw new PartwayError('object_missing', message)
}

/** @param md5 in Base64 */
function toEtag(md5: string): string {
  return `"${Buffer.from(md5, 'base64').toString('hex')}"`
}

async function completeParts(
  service: Service,
  ticket: MultipartTicket | OpenTicket,
  check: (stored: StoredPart[]) => void | Promise<void>,
  checksum?: WholeObject['checksum'],
): Promise<ObjectHead> {
  const { s3 } = service
  const stored = await s3.listParts(ticket)
  if (stored) {
    await check(stored)
    await s3.completeMultipartUpload(ticket, stored, { size: sumSizes(stored), checksum })
  }
  // Whether an earlier call went through, or this one, and with what: only the object can tell.
  const head = await s3.headObject(ticket)
  const hasSize = ticket.kind === 'open' || head?.size === ticket.size
  if (head && head.id === ticket.id && hasSize) return head
  if (await s3.listParts(ticket)) {
    throw busy('S3 could not complete the upload. Complete it again in a moment.')
  }
  throw new PartwayError('upload_gone', 'S3 has neither this upload nor its object. Start it again.')
}

function sumSizes(parts: StoredPart[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0)
}

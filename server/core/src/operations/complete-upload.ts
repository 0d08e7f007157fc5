// Completes an upload once S3 holds all of it. A completed upload can be completed again.
import { createHash } from 'node:crypto'
import { PartwayError } from '../errors.js'
import type { CompletedUpload, StoredPart } from '../protocol.js'
import { isCrc64nvme } from '../rules/checksums.js'
import { checkSize } from '../rules/limits.js'
import type { ObjectHead, WholeObject } from '../s3/s3.js'
import { busy } from '../s3/s3-errors.js'
import type { Service } from '../service.js'
import type { MultipartTicket, OpenTicket, SingleTicket } from '../tickets/ticket.js'
import { abortUpload } from './abort-upload.js'
import { checkPlannedParts, checkReportedParts, type ReportedPart } from './check-parts.js'
import { deliverObject } from './deliver-object.js'

/**
 * @param known.checksum the page's checksum of the whole object
 * @param known.head S3's description of the object of an upload in one request, read since this call began
 * @throws PartwayError `parts_missing`, `part_size_mismatch`, `part_mismatch` (all resumable), `object_missing`,
 * `object_mismatch`, `upload_gone`, `invalid_request`, and as {@link deliverObject}
 */
export async function completeUpload(
  service: Service,
  ticket: SingleTicket | MultipartTicket,
  { checksum, head: known }: { checksum?: string | undefined; head?: ObjectHead | undefined } = {},
): Promise<CompletedUpload> {
  const whole = checksum === undefined ? undefined : readWholeChecksum(ticket, checksum)
  const head =
    ticket.kind === 'single'
      ? await findSingle(service, ticket, known)
      : await completePlanned(service, ticket, whole)
  return await deliverObject(service, ticket, head)
}

async function completePlanned(
  service: Service,
  ticket: MultipartTicket,
  whole: Whole | undefined,
): Promise<ObjectHead> {
  const md5 = whole?.kind === 'md5' && ticket.md5Etags ? whole.value : undefined
  const check = (stored: StoredPart[]) => {
    checkPlannedParts(stored, ticket)
    const etags = stored.map(({ etag }) => readMd5Etag(etag))
    if (md5 !== undefined && etags.every((etag) => etag !== undefined) && md5OfMd5s(etags) !== md5)
      throw partsDiffer()
  }
  const checksum = whole?.kind === 'md5' ? undefined : whole
  const head = await completeParts(service, ticket, check, checksum)
  const found = checksum ? head.crc64nvme : readMd5Etag(head.etag.replace(/-\d+"$/, '"'))?.toString('base64')
  const expected = checksum ? checksum.value : md5
  // A store without checksums, or with another kind of ETag, gives nothing to compare.
  if (expected === undefined || found === undefined || found === expected) return head
  throw new PartwayError(
    'object_mismatch',
    'The object at this key has other content. Start the upload again.',
  )
}

/** A page completes only parts of its own file. */
function partsDiffer(): PartwayError {
  return new PartwayError(
    'part_mismatch',
    'S3 holds parts of another file. Compare them, then complete again.',
  )
}

function readMd5Etag(etag: string): Buffer | undefined {
  const [, hex] = /^"([0-9a-f]{32})"$/.exec(etag) ?? []
  return hex === undefined ? undefined : Buffer.from(hex, 'hex')
}

/** The MD5 in the ETag that S3 gives an object in parts. */
function md5OfMd5s(md5s: Buffer[]): string {
  return createHash('md5').update(Buffer.concat(md5s)).digest('base64')
}

/** The page's checksum of the whole file. */
type Whole = { kind: 'md5'; value: string } | NonNullable<WholeObject['checksum']>

function readWholeChecksum(ticket: SingleTicket | MultipartTicket, value: string): Whole {
  const kind = ticket.kind === 'multipart' ? ticket.checksum : undefined
  if (kind === 'md5' && /^[A-Za-z0-9+/]{21}[AQgw]==$/.test(value)) return { kind, value }
  if (kind === 'crc64nvme' && isCrc64nvme(value)) return { kind, value }
  const problem =
    kind === undefined
      ? 'this upload has no checksum of the whole'
      : `must be the ${kind} of the whole file, in Base64`
  throw new PartwayError('invalid_request', `checksum: ${problem}.`, { field: 'checksum' })
}

/**
 * Completes an upload without a plan: S3's list of parts must match the client's.
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
      // No retry can succeed, so abort the upload.
      const isAborted = await abortUpload(service, ticket, 'refused')
      if (error instanceof PartwayError) error.deleted = isAborted
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
  // A list does not show whether the ETag is an MD5.
  if (known) return await findSingle(service, ticket, undefined)
  if (!head.md5Etag) return head
  // The page may have sent the file again in the meantime.
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
  // Only the object shows whether this call or an earlier one completed it, and with what.
  const head = await s3.headObject(ticket, checksum !== undefined)
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

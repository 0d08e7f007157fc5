// Finishes an upload once S3 holds all of it. Can be called again: a completed upload completes.
import { PartwayError } from '../errors.js'
import type { CompletedUpload, StoredPart } from '../protocol.js'
import { busy } from '../s3-errors.js'
import type { Service } from '../service.js'
import type { MultipartTicket, OpenTicket, SingleTicket } from '../ticket.js'
import { checkPlannedParts, checkReportedParts, type ReportedPart } from './check-parts.js'

/**
 * @throws PartwayError `parts_missing`, `part_size_mismatch`, `part_mismatch` (all resumable), `object_missing`,
 * `object_mismatch`, `upload_gone`
 */
export async function completeUpload(
  service: Service,
  ticket: SingleTicket | MultipartTicket,
): Promise<CompletedUpload> {
  if (ticket.kind === 'single') return await completeSingle(service, ticket)
  return await completeParts(service, ticket, (stored) => checkPlannedParts(stored, ticket))
}

/** For an upload without a plan: S3's list has to be the client's list. */
export async function completeOpenUpload(
  service: Service,
  ticket: OpenTicket,
  reported: ReportedPart[],
): Promise<CompletedUpload> {
  return await completeParts(service, ticket, (stored) => checkReportedParts(stored, reported))
}

async function completeSingle({ s3, presigner }: Service, ticket: SingleTicket): Promise<CompletedUpload> {
  const head = await s3.headObject(ticket)
  if (!head)
    throw new PartwayError('object_missing', 'The file has not arrived. Send it, then complete again.')
  if (head.id !== ticket.id || head.size !== ticket.size) {
    throw new PartwayError(
      'object_mismatch',
      'The object at this key is not this file. Start the upload again.',
    )
  }
  return { location: await presigner.locate(ticket), key: ticket.key, size: head.size, etag: head.etag }
}

async function completeParts(
  service: Service,
  ticket: MultipartTicket | OpenTicket,
  check: (stored: StoredPart[]) => void,
): Promise<CompletedUpload> {
  const { s3, presigner } = service
  const stored = await s3.listParts(ticket)
  if (!stored) return await findCompleted(service, ticket)
  check(stored)
  const size = stored.reduce((sum, part) => sum + part.size, 0)
  const etag = await s3.completeMultipartUpload(ticket, stored, size)
  if (etag === undefined) return await findCompleted(service, ticket)
  return { location: await presigner.locate(ticket), key: ticket.key, size, etag }
}

// Without a clear word from S3 only the object can tell whether an earlier call, or this one, went through.
async function findCompleted(
  { s3, presigner }: Service,
  ticket: MultipartTicket | OpenTicket,
): Promise<CompletedUpload> {
  const head = await s3.headObject(ticket)
  const hasSize = ticket.kind === 'open' || head?.size === ticket.size
  if (head && head.id === ticket.id && hasSize) {
    return { location: await presigner.locate(ticket), key: ticket.key, size: head.size, etag: head.etag }
  }
  if (await s3.listParts(ticket))
    throw busy('S3 could not complete the upload. Complete it again in a moment.')
  throw new PartwayError('upload_gone', 'S3 has neither this upload nor its object. Start it again.')
}

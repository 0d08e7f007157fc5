// Gives up an upload, so that S3 holds nothing of it. What was completed in parts stays.
import { setTimeout as delay } from 'node:timers/promises'
import { PartwayError } from '../errors.js'
import type { ObjectHead } from '../s3/s3.js'
import type { Service } from '../service.js'
import type { MultipartTicket, OpenTicket, SingleTicket, Ticket } from '../tickets/ticket.js'

const MAX_TRIES = 5

/** @throws PartwayError `abort_incomplete` when parts keep arriving */
export async function abortUpload(service: Service, ticket: Ticket): Promise<void> {
  const { quota, notify } = service
  const { id, owner, bucket, key, issuedAt } = ticket
  const size = ticket.kind === 'open' ? undefined : ticket.size
  if (ticket.kind === 'single') {
    const isGone = await abortSingle(service, ticket)
    // S3 cannot take a signed form back, so the file goes on counting. It is not unfinished any more.
    await quota.finish(owner, id, ticket.size)
    if (!isGone) return
  } else {
    const completed = await abortParts(service, ticket)
    // The server that completed it may have ended before it could count it.
    if (completed) return await quota.finish(owner, id, completed.size)
    await quota.release(owner, id)
  }
  await notify.aborted({ id, owner, bucket, key, size }, issuedAt)
}

/**
 * "It might be necessary to abort a given multipart upload multiple times": parts in flight can still succeed.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
 *
 * @returns the object, when the upload had been completed
 */
async function abortParts(
  { s3 }: Service,
  ticket: MultipartTicket | OpenTicket,
): Promise<ObjectHead | undefined> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    if (tries > 1) await delay(50 * 2 ** tries)
    const wasKnown = await s3.abortMultipartUpload(ticket).catch((error: unknown) => {
      // Ceph: while another call aborts or completes the same upload.
      if (tries < MAX_TRIES && error instanceof PartwayError && error.code === 's3_busy') return undefined
      throw error
    })
    if (wasKnown === undefined) continue
    if (!wasKnown) {
      const head = await s3.headObject(ticket)
      return head?.id === ticket.id ? head : undefined
    }
    const left = await s3.listParts(ticket)
    if (!left || left.length === 0) return undefined
  }
  throw new PartwayError('abort_incomplete', 'Parts are still arriving. Abort again in a moment.', {
    retryAfterSeconds: 5,
  })
}

/**
 * As long as the grant is good the page may have sent the file; later, whatever is there was wanted.
 *
 * @returns `false` when the file stays
 */
async function abortSingle({ s3, rules }: Service, ticket: SingleTicket): Promise<boolean> {
  const head = await s3.headObject(ticket)
  if (head?.id !== ticket.id) return true
  if (Date.now() / 1000 > ticket.issuedAt + rules.urlExpiresInSeconds) return false
  await s3.deleteObject(ticket)
  return true
}

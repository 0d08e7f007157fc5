// Gives up an upload, so that S3 holds nothing of it. What was completed in parts stays.
import { setTimeout as delay } from 'node:timers/promises'
import { PartwayError } from '../errors.js'
import type { AbortedUpload } from '../hooks.js'
import type { ObjectHead } from '../s3/s3.js'
import type { Service } from '../service.js'
import type { MultipartTicket, OpenTicket, SingleTicket, Ticket } from '../tickets/ticket.js'

const MAX_TRIES = 5

/**
 * @returns `false`: it was completed before. The object stays, and whoever completed it, or the finisher, tells the host.
 * @throws PartwayError `abort_incomplete` when parts keep arriving
 */
export async function abortUpload(
  service: Service,
  ticket: Ticket,
  reason: AbortedUpload['reason'],
): Promise<boolean> {
  const { quota, notify } = service
  const { id, owner } = ticket
  if (ticket.kind === 'single') {
    if (!(await abortSingle(service, ticket))) return false
    // S3 cannot take a signature back, so the file goes on counting until that has expired. It is not unfinished any more.
    await quota.finish(owner, id, ticket.size)
  } else {
    const found = await abortParts(service, ticket)
    // The server that completed it may have ended before it could count it.
    if (typeof found === 'object') {
      await quota.finish(owner, id, found.size)
      return false
    }
    // It had ended before, and what became of it the host has heard.
    if (found === 'nothing' && (await service.journal.hasEnded(ticket))) return true
    await quota.release(owner, id)
  }
  await notify.aborted(ticket, reason)
  return true
}

/**
 * "It might be necessary to abort a given multipart upload multiple times": parts in flight can still succeed.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
 *
 * @returns the object, when the upload had been completed; `'nothing'`: there was neither that nor the upload
 */
async function abortParts(
  { s3 }: Service,
  ticket: MultipartTicket | OpenTicket,
): Promise<ObjectHead | 'aborted' | 'nothing'> {
  let wasThere = false
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
      if (head?.id === ticket.id) return head
      return wasThere ? 'aborted' : 'nothing'
    }
    wasThere = true
    const left = await s3.listParts(ticket)
    if (!left || left.length === 0) return 'aborted'
  }
  throw new PartwayError('abort_incomplete', 'Parts are still arriving. Abort again in a moment.', {
    retryAfterSeconds: 5,
  })
}

/**
 * As long as the grant is good the page may have sent the file; later, and once the host has heard of it, whatever is there was wanted.
 *
 * @returns `false`: the file stays
 */
async function abortSingle({ s3, rules, journal }: Service, ticket: SingleTicket): Promise<boolean> {
  const isThere = async () => (await s3.headObject(ticket))?.id === ticket.id
  const isOver = Date.now() / 1000 > ticket.issuedAt + rules.urlExpiresInSeconds
  if (isOver && (await isThere())) return false
  if (await journal.hasEnded(ticket)) return false
  // From here on the finisher deletes what still arrives.
  if (!(await journal.claim(ticket, 'cancel'))) return false
  if (await isThere()) await s3.deleteObject(ticket)
  return true
}

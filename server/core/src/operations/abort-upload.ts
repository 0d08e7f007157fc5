// Aborts an upload, so that S3 holds nothing of it. An object completed from parts stays.
import { setTimeout as delay } from 'node:timers/promises'
import { PartwayError } from '../errors.js'
import type { AbortedUpload } from '../hooks.js'
import type { ObjectHead } from '../s3/s3.js'
import type { Service } from '../service.js'
import type { MultipartTicket, OpenTicket, SingleTicket, Ticket } from '../tickets/ticket.js'

const MAX_TRIES = 5

/**
 * @returns `false` if it was already completed. The object stays; its completion, or the finisher, notifies the host.
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
    // S3 cannot revoke a signature, so the file counts until the signature expires, but no longer as unfinished.
    await quota.finish(owner, id, ticket.size)
  } else {
    const found = await abortParts(service, ticket)
    // The server that completed it may have stopped before it counted the object.
    if (typeof found === 'object') {
      await quota.finish(owner, id, found.size)
      return false
    }
    // It ended earlier, and the host was notified.
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
 * @returns the object if the upload was completed; `'nothing'` if there was neither object nor upload
 */
async function abortParts(
  { s3 }: Service,
  ticket: MultipartTicket | OpenTicket,
): Promise<ObjectHead | 'aborted' | 'nothing'> {
  let wasThere = false
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    if (tries > 1) await delay(50 * 2 ** tries)
    const wasKnown = await s3.abortMultipartUpload(ticket).catch((error: unknown) => {
      // Ceph fails like this while another call aborts or completes the same upload.
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
 * While the grant is valid, the file may still arrive and is deleted. An object that is there later, or that the host was
 * notified of, was wanted and stays.
 *
 * @returns `false`: the file stays
 */
async function abortSingle({ s3, rules, journal }: Service, ticket: SingleTicket): Promise<boolean> {
  const isThere = async () => (await s3.headObject(ticket))?.id === ticket.id
  const isOver = Date.now() / 1000 > ticket.issuedAt + rules.urlExpiresInSeconds
  if (isOver && (await isThere())) return false
  // From here on the finisher deletes the object if it still arrives.
  if (!(await journal.claim(ticket, 'cancel'))) return false
  // Under the claim: until then, its page or the finisher may end it.
  if (await journal.hasEnded(ticket)) {
    await journal.unclaim(ticket)
    return false
  }
  if (await isThere()) await s3.deleteObject(ticket)
  return true
}

// Gives up an upload, so that S3 holds nothing of it. What was completed in parts stays.
import { setTimeout as delay } from 'node:timers/promises'
import { PartwayError } from '../errors.js'
import type { Service } from '../service.js'
import type { MultipartTicket, OpenTicket, SingleTicket, Ticket } from '../ticket.js'

const MAX_TRIES = 5

/** @throws PartwayError `abort_incomplete` when parts keep arriving */
export async function abortUpload(service: Service, ticket: Ticket): Promise<void> {
  return ticket.kind === 'single' ? await abortSingle(service, ticket) : await abortParts(service, ticket)
}

// "It might be necessary to abort a given multipart upload multiple times": parts in flight can still succeed.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
async function abortParts({ s3 }: Service, ticket: MultipartTicket | OpenTicket): Promise<void> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    if (tries > 1) await delay(50 * 2 ** tries)
    await s3.abortMultipartUpload(ticket)
    const left = await s3.listParts(ticket)
    if (!left || left.length === 0) return
  }
  throw new PartwayError('abort_incomplete', 'Parts are still arriving. Abort again in a moment.', {
    retryAfterSeconds: 5,
  })
}

// As long as the grant is good the page may have sent the file; later, whatever is there was wanted.
async function abortSingle({ s3, rules }: Service, ticket: SingleTicket): Promise<void> {
  if (Date.now() / 1000 > ticket.issuedAt + rules.urlExpiresInSeconds) return
  const head = await s3.headObject(ticket)
  if (head?.id === ticket.id) await s3.deleteObject(ticket)
}

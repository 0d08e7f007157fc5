// Creates or resumes an upload in parts. A repeated request gets the upload that it started before, however often it arrives
// and whatever happened to the page.
import { clientGone } from '../client-gone.js'
import type { FoundEntry } from '../journal/entry.js'
import { nameInParts } from '../journal/entry-names.js'
import type { MultipartGrant } from '../protocol.js'
import { describeDecision, type SizedUpload } from '../rules/authorize.js'
import { planParts } from '../rules/plan-parts.js'
import { busy } from '../s3/s3-errors.js'
import type { Service } from '../service.js'
import { type MultipartTicket, secondsNow } from '../tickets/ticket.js'
import { describeGrant } from './describe-grant.js'
import { finishEntry, hasExpired } from './finish-entry.js'
import { markJoined } from './join-upload.js'
import { type Beginning, withMultipartUpload, withReservation } from './undo-on-failure.js'

/** Attempts, because others may start or end the same upload at the same time. */
const MOST_ROUNDS = 5

/** @throws PartwayError when the quota refuses or S3 fails; then S3 holds nothing of it */
export async function createInParts(
  service: Service,
  upload: SizedUpload,
  { folder, idempotencyKey = upload.id, ...beginning }: Beginning,
): Promise<MultipartGrant> {
  const { journal } = service
  let path = folder + nameInParts(idempotencyKey, describeDecision(upload))
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const found = await journal.read(path)
    if (found === 'unreadable') {
      service.report(new Error(`partway(): no secret opens the entry ${path} of the journal`))
      path += '~'
    } else if (found) {
      const granted = await grantExisting(service, found, beginning.browser)
      if (typeof granted === 'object') return granted
      if (granted === 'expired') path += '~'
    } else {
      const granted = await begin(service, upload, path, { folder, idempotencyKey, ...beginning })
      if (granted) return granted
    }
  }
  throw busy('Others change the same upload. Try again in a moment.')
}

/** @returns `undefined`: read the entry again. `'expired'`: no page can resume it, and it has not ended */
async function grantExisting(
  service: Service,
  found: FoundEntry,
  browser: string | undefined,
): Promise<MultipartGrant | 'expired' | undefined> {
  const { s3, signal } = service
  const kept = found.uploads[0]?.ticket
  if (kept?.kind !== 'multipart' || hasExpired(kept, service.rules)) {
    const [ending] = await finishEntry(service, found)
    return typeof ending === 'string' ? undefined : 'expired'
  }
  const isSameBrowser = browser !== undefined && found.browser === browser
  if (!isSameBrowser && !(await markJoined(service, found))) return undefined
  const ticket: MultipartTicket = { ...kept, entry: { path: found.path, index: 0, count: 1 } }
  const stored = await s3.listParts(ticket, signal)
  if (stored) return await describeGrant(service, ticket, stored)
  // List before HEAD: it may be completed between the two.
  const head = await s3.headObject(ticket)
  if (head?.id === ticket.id) return await describeGrant(service, ticket, 'all')
  await finishEntry(service, found)
  return undefined
}

/** @returns `undefined`: another request was first */
async function begin(
  service: Service,
  upload: SizedUpload,
  path: string,
  { folder: _, ...beginning }: Beginning,
): Promise<MultipartGrant | undefined> {
  const { rules, journal, notify, quota, s3, signal } = service
  const { id, owner, size, name, type, sentMetadata: metadata } = upload
  const plan = planParts(size, rules)
  const checksum = rules.checksum === 'none' ? undefined : rules.checksum
  const kinds = { kind: 'multipart', ...(checksum && { checksum }) } as const
  const create = () =>
    withMultipartUpload(service, upload, checksum, async (created): Promise<MultipartTicket | undefined> => {
      const kept = { ...kinds, ...created, ...plan, id, owner, issuedAt: secondsNow() }
      const ticket = { ...kept, entry: { path, index: 0, count: 1 } }
      await notify.created(upload)
      try {
        if (signal.aborted) throw clientGone()
        const isWritten = await journal.write(path, {
          ...beginning,
          uploads: [{ ticket: kept, name, type, metadata }],
        })
        if (isWritten) return ticket
      } catch (error) {
        await notify.aborted(ticket, 'withdrawn')
        throw error
      }
      // If this fails, the bucket's lifecycle rule removes the upload.
      await s3.abortMultipartUpload(ticket).catch(service.report)
      await notify.aborted(ticket, 'withdrawn')
      return undefined
    })
  const ticket = await withReservation(service, { owner, id, bytes: size }, create)
  if (ticket) return await describeGrant(service, ticket, [])
  await quota.release(owner, id)
  return undefined
}

// An upload in parts. Creating is resuming: the same request gets the upload that it began before, however often it arrives
// and whatever became of the page.
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
import { withReservation } from './reserve.js'
import { type Beginning, withMultipartUpload } from './start-multipart.js'

/** Others that begin, or end, the same upload at the same moment. */
const MOST_ROUNDS = 5

/** @throws PartwayError what the quota refuses, or what S3 failed with; then S3 holds nothing of it */
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
      const granted = await grantBegun(service, found, beginning.browser)
      if (granted) return granted
    } else {
      const granted = await begin(service, upload, path, { folder, idempotencyKey, ...beginning })
      if (granted) return granted
    }
  }
  throw busy('Others change the same upload. Try again in a moment.')
}

/** @returns `undefined`: it has ended, or is ended by this; the entry has to be read anew */
async function grantBegun(
  service: Service,
  found: FoundEntry,
  browser: string | undefined,
): Promise<MultipartGrant | undefined> {
  const { s3, journal, signal } = service
  const kept = found.uploads[0]?.ticket
  if (kept?.kind !== 'multipart' || hasExpired(kept, service.rules)) {
    await finishEntry(service, found)
    return undefined
  }
  let { etag } = found
  if (found.browser !== browser && !found.joined) {
    const { path, etag: _, ...entry } = found
    const joined = await journal.write(path, { ...entry, joined: true }, found)
    if (joined === undefined) return undefined
    etag = joined
  }
  const ticket: MultipartTicket = { ...kept, entry: { path: found.path, etag, index: 0, count: 1 } }
  const stored = await s3.listParts(ticket, signal)
  if (stored) return await describeGrant(service, ticket, stored)
  // In this order: it may be completed between the two.
  const head = await s3.headObject(ticket)
  if (head?.id === ticket.id) return await describeGrant(service, ticket, 'all')
  await finishEntry(service, { ...found, etag })
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
    withMultipartUpload(service, upload, checksum, async (created) => {
      const kept = { ...kinds, ...created, ...plan, id, owner, issuedAt: secondsNow() }
      if (signal.aborted) throw clientGone()
      await notify.created(upload)
      const entry = { ...beginning, uploads: [{ ticket: kept, name, type, metadata }] }
      const etag = (await journal.write(path, entry)) ?? (await findOwn(service, path, id))
      return { ...kept, entry: { path, etag: etag ?? '', index: 0, count: 1 } }
    })
  const ticket = await withReservation(service, { owner, id, bytes: size }, create)
  if (ticket.entry.etag !== '') return await describeGrant(service, ticket, [])
  await s3.abortMultipartUpload(ticket)
  await quota.release(owner, id)
  await notify.aborted(ticket, 'withdrawn')
  return undefined
}

/** The SDK repeats a request whose reply got lost, and then its own entry is in the way. */
async function findOwn({ journal }: Service, path: string, id: string): Promise<string | undefined> {
  const found = await journal.read(path)
  return typeof found === 'object' && found.uploads[0]?.ticket.id === id ? found.etag : undefined
}

// Brings the uploads of an entry to their end, where it is time: what is on S3 is completed and the host told, what nobody can go
// on with is aborted, and what never came gives its place in the quota back.
import pMap from 'p-map'
import { PartwayError } from '../errors.js'
import type { FoundEntry, JournaledUpload } from '../journal/entry.js'
import type { EntryRef } from '../journal/entry-ref.js'
import type { Journal } from '../journal/journal.js'
import { countParts } from '../rules/plan-parts.js'
import type { ListedPart } from '../s3/s3.js'
import type { Service, UploadRules } from '../service.js'
import { type MultipartTicket, type OpenTicket, type SingleTicket, secondsNow } from '../tickets/ticket.js'
import { abortUpload } from './abort-upload.js'
import { completeUpload } from './complete-upload.js'
import { TRIED_AGAIN_SECONDS } from './create-single.js'
import { deliverObject } from './deliver-object.js'

/** What became of an upload. `undefined`: it is not at its end. */
export type Ending = 'completed' | 'delivered' | 'aborted' | 'returned' | 'refused' | 'gone' | undefined

/** The page may be about to complete what came so lately. */
const QUIET_MS = 60_000
/** S3 looks at a signature when a request begins; the slowest that the plugin believes in needs a second for 8 KiB. */
const SLOWEST_BYTES_PER_SECOND = 8192
const CONCURRENCY = 8

/** Whether the page cannot go on with it any more. */
export function hasExpired({ issuedAt }: { issuedAt: number }, rules: UploadRules): boolean {
  return issuedAt + rules.ticketExpiresInSeconds <= secondsNow()
}

/**
 * @param settled by index, those that have ended already
 * @returns what became of each of the others. An error: it stays, for the next look
 */
export async function finishEntry(
  service: Service,
  { path, uploads, joined = false }: FoundEntry,
  settled: ReadonlySet<number> = new Set(),
): Promise<(Ending | Error)[]> {
  const { journal, signal } = service
  const count = uploads.filter((upload) => upload !== null).length
  const open = uploads.flatMap((upload, index) =>
    upload && !settled.has(index) ? [{ upload, entry: { path, index, count } }] : [],
  )
  const finish = async ({ upload, entry }: (typeof open)[number]): Promise<Ending | Error> => {
    if (signal.aborted) return signal.reason
    try {
      return await service.operate('finish.file', async (subject) => {
        const { id, owner, bucket, key } = upload.ticket
        Object.assign(subject, { id, owner, bucket, key })
        return await finishOne(service, upload, entry, joined)
      })
    } catch (error) {
      if (error instanceof PartwayError && error.deleted) return 'refused'
      service.log(error)
      return error instanceof Error ? error : new Error(String(error))
    }
  }
  const endings = await pMap(open, finish, { concurrency: CONCURRENCY })
  const ended = open
    .filter((_, nth) => typeof endings[nth] === 'string')
    .map(({ upload, entry }) => ({ id: upload.ticket.id, entry }))
  const [first] = open
  if (!first) await journal.delete(path)
  else if (ended.length === open.length) await journal.remove(path, first.upload.ticket.id)
  else await journal.settle(ended)
  return endings
}

async function finishOne(
  service: Service,
  { ticket }: JournaledUpload,
  entry: EntryRef,
  joined: boolean,
): Promise<Ending> {
  switch (ticket.kind) {
    case 'multipart':
    case 'open':
      return await finishParts(service, { ...ticket, entry }, joined)
    case 'single':
    case 'unseen':
      return await finishSingle(service, { ...ticket, entry })
  }
}

async function finishParts(
  service: Service,
  ticket: MultipartTicket | OpenTicket,
  joined: boolean,
): Promise<Ending> {
  const { s3, journal, quota, notify, rules } = service
  const stored = await s3.listParts(ticket)
  if (!stored) {
    const head = await s3.headObject(ticket)
    if (head?.id !== ticket.id) {
      // A look before has delivered it, and the host has moved it since.
      if (await journal.isClaimed(ticket)) return 'gone'
      await quota.release(ticket.owner, ticket.id)
      await notify.aborted(ticket, 'expired')
      return 'gone'
    }
    // Who completed it is about to tell the host, or has ended.
    if (isFresh(head)) return undefined
    return await asOnlyOne(journal, ticket, async () => {
      await deliverObject(service, ticket, head)
      return 'delivered'
    })
  }
  if (ticket.kind === 'multipart' && !joined && isWhole(ticket, stored)) {
    if (stored.some(isFresh)) return undefined
    return await asOnlyOne(journal, ticket, async () => {
      await completeUpload(service, ticket)
      return 'completed'
    })
  }
  if (!hasExpired(ticket, rules)) return undefined
  // What was completed meanwhile is delivered at the next look.
  return (await abortUpload(service, ticket, 'expired')) ? 'aborted' : undefined
}

function isFresh({ storedAt }: { storedAt: number }): boolean {
  return Date.now() - storedAt < QUIET_MS
}

/** Neither another server does it at the same time, nor does its page cancel it. */
async function asOnlyOne(
  journal: Journal,
  ticket: { id: string; entry: EntryRef },
  run: () => Promise<Ending>,
): Promise<Ending> {
  if (!(await journal.claim(ticket, 'deliver'))) return undefined
  try {
    // Its page may have said so meanwhile.
    if (await journal.hasEnded(ticket)) return undefined
    return await run()
  } catch (error) {
    // Who looks next need not wait.
    await journal.unclaim(ticket).catch(() => {})
    throw error
  }
}

function isWhole(ticket: MultipartTicket, stored: ListedPart[]): boolean {
  return stored.length === countParts(ticket) && sumSizes(stored) === ticket.size
}

async function finishSingle(
  service: Service,
  ticket: SingleTicket | (JournaledUpload['ticket'] & { kind: 'unseen'; entry: EntryRef }),
): Promise<Ending> {
  const { s3, journal, quota, notify, rules } = service
  const { id, owner, issuedAt, size } = ticket
  const goodUntil =
    issuedAt + TRIED_AGAIN_SECONDS + rules.urlExpiresInSeconds + size / SLOWEST_BYTES_PER_SECOND
  // The clock first: what arrives after that was not there to be seen.
  const isOver = secondsNow() >= goodUntil
  const head = await s3.headObject(ticket)
  if (head?.id === id) {
    if (isFresh(head)) return undefined
    if (!(await journal.isCancelled(ticket))) {
      return await asOnlyOne(journal, ticket, async () => {
        await (ticket.kind === 'unseen'
          ? deliverObject(service, ticket, head)
          : completeUpload(service, ticket, { head }))
        return 'delivered'
      })
    }
    if (await journal.hasEnded(ticket)) return undefined
    await s3.deleteObject(ticket, head.etag)
  }
  // Its page may have said meanwhile that it came.
  if (!isOver || (await journal.hasEnded(ticket))) return undefined
  await quota.release(owner, id)
  // Of what was cancelled, it has heard.
  if (ticket.kind === 'single' && !(await journal.isCancelled(ticket)))
    await notify.aborted(ticket, 'expired')
  return 'returned'
}

function sumSizes(parts: ListedPart[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0)
}

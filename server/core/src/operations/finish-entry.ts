// Finishes the uploads of an entry, where it is time: completes and delivers what is on S3, aborts what no page can resume, and
// releases the quota of what never arrived.
import pMap from 'p-map'
import { PartwayError, toError } from '../errors.js'
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

/** How an upload ended. `undefined`: it has not. */
export type Ending = 'completed' | 'delivered' | 'aborted' | 'returned' | 'refused' | 'gone' | undefined

/** The page may be about to complete what arrived this recently. */
const QUIET_MS = 60_000
/** S3 checks a signature when a request begins. The slowest request that the plugin allows for sends 8 KiB per second. */
const SLOWEST_BYTES_PER_SECOND = 8192
const CONCURRENCY = 8

/** Whether the page can no longer resume it. */
export function hasExpired({ issuedAt }: { issuedAt: number }, rules: UploadRules): boolean {
  return issuedAt + rules.ticketExpiresInSeconds <= secondsNow()
}

/**
 * @param settled indexes of those that have already ended
 * @returns how each of the others ended. An error: it stays for the next look
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
      return toError(error)
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
      // An earlier look delivered it, and the host has moved it since.
      if (await journal.isClaimed(ticket)) return 'gone'
      await quota.release(ticket.owner, ticket.id)
      await notify.aborted(ticket, 'expired')
      return 'gone'
    }
    // The server that completed it is about to notify the host, or has stopped.
    if (isFresh(head)) return undefined
    return await asOnlyOne(journal, ticket, async () => {
      await deliverObject(service, ticket, head)
      return 'delivered'
    })
  }
  if (ticket.kind === 'multipart' && !joined && isWhole(ticket, stored)) {
    if (stored.some(isFresh)) return undefined
    // Read again after the parts were listed: a page that joins says so before it sends one.
    const found = await journal.read(ticket.entry.path)
    if (typeof found !== 'object' || found.joined) return undefined
    return await asOnlyOne(journal, ticket, async () => {
      await completeUpload(service, ticket)
      return 'completed'
    })
  }
  if (!hasExpired(ticket, rules)) return undefined
  // If it was completed in the meantime, the next look delivers it.
  return (await abortUpload(service, ticket, 'expired')) ? 'aborted' : undefined
}

function isFresh({ storedAt }: { storedAt: number }): boolean {
  return Date.now() - storedAt < QUIET_MS
}

/** Runs `run` under a claim: no other server delivers the upload meanwhile, and its page cannot cancel it. */
async function asOnlyOne(
  journal: Journal,
  ticket: { id: string; entry: EntryRef },
  run: () => Promise<Ending>,
): Promise<Ending> {
  if (!(await journal.claim(ticket, 'deliver'))) return undefined
  try {
    // Its page may have ended it in the meantime.
    if (await journal.hasEnded(ticket)) return undefined
    return await run()
  } catch (error) {
    // The next look can claim it at once.
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
  // Read the clock before the HEAD, or an object that arrives between the two would be missed.
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
  // Its page may have completed it in the meantime.
  if (!isOver || (await journal.hasEnded(ticket))) return undefined
  await quota.release(owner, id)
  // The host was already notified of a cancelled upload.
  if (ticket.kind === 'single' && !(await journal.isCancelled(ticket)))
    await notify.aborted(ticket, 'expired')
  return 'returned'
}

function sumSizes(parts: ListedPart[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0)
}

// An owner's unfinished uploads in parts, from the journal.
import pMap from 'p-map'
import { PartwayError } from '../errors.js'
import { inPartsOf, readMark } from '../journal/entry-names.js'
import type { UnfinishedReply, UnfinishedRequest, UnfinishedUpload } from '../protocol.js'
import { countParts } from '../rules/plan-parts.js'
import type { Service } from '../service.js'
import { secondsNow } from '../tickets/ticket.js'
import { hasExpired } from './finish-entry.js'
import type { Beginning } from './undo-on-failure.js'

/** Most uploads in one reply: as many as one `/abort` takes. */
const MOST_UPLOADS = 100
/** Calls to S3 at once, well under the 50 connections that the SDK opens. */
const CONCURRENCY = 16

/** @throws PartwayError when S3 fails */
export async function listUnfinished(
  service: Service,
  { folder, browser }: Beginning,
  { idempotencyKey, id, after }: Omit<UnfinishedRequest, 'browser'>,
): Promise<UnfinishedReply> {
  const ids = id === undefined ? [] : [id]
  if (id === undefined) {
    const start = folder + inPartsOf(idempotencyKey)
    for await (const { key } of service.journal.list(start, after && folder + after)) {
      if (!readMark(key)) ids.push(key.slice(folder.length))
      if (ids.length === MOST_UPLOADS) break
    }
  }
  const describe = (each: string) => describeUnfinished(service, folder, each, browser)
  const uploads = await pMap(ids, describe, { concurrency: CONCURRENCY })
  const last = ids.length === MOST_UPLOADS ? ids.at(-1) : undefined
  return {
    uploads: uploads.filter((upload) => upload !== undefined),
    ...(last !== undefined && { after: last }),
  }
}

/** @returns `undefined` if it has ended, or no page can resume it */
async function describeUnfinished(
  { s3, journal, signal, rules, signTicket, ownerMark }: Service,
  folder: string,
  id: string,
  browser: string | undefined,
): Promise<UnfinishedUpload | undefined> {
  const found = await journal.read(folder + id)
  // The finisher reports unreadable entries to the host.
  const upload = typeof found === 'object' ? found.uploads[0] : undefined
  if (typeof found !== 'object' || upload?.ticket.kind !== 'multipart') return undefined
  const { ticket: kept, name, type, metadata } = upload
  if (hasExpired(kept, rules)) return undefined
  // If its bucket is gone, the uploads in other buckets are still listed.
  const stored = await s3.listParts(kept, signal).catch(undefinedIfGone)
  if (!stored) return undefined
  const { path, idempotencyKey } = found
  const startedHere = browser !== undefined && found.browser === browser
  const { key, size, partSize, checksum, issuedAt } = kept
  return {
    id,
    ticket: await signTicket({
      ...kept,
      entry: { path, index: 0, count: 1 },
      ...(!startedHere && { joins: true as const }),
    }),
    key,
    owner: ownerMark,
    name,
    type,
    size,
    metadata,
    partSize,
    partCount: countParts(kept),
    ...(checksum && { checksum }),
    bytesUploaded: stored.reduce((sum, part) => sum + part.size, 0),
    createdAt: issuedAt,
    ticketExpiresIn: issuedAt + rules.ticketExpiresInSeconds - secondsNow(),
    startedHere,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  }
}

function undefinedIfGone(error: unknown): undefined {
  if (!(error instanceof PartwayError && error.code === 'bucket_missing')) throw error
}

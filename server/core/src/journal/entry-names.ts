// Keys of the journal's objects: `<prefix><place>/<owner>/<name>`. Place and owner are digests.
import { digest } from '../tickets/claims.js'

/** Uploads in parts, which a page can resume. */
const IN_PARTS = 'm-'
/** Files of one call that go in one request each. */
const TOGETHER = 's-'
/** Uploads of Companion clients. */
const ALONE = 'o-'

/**
 * Path prefix of an owner's entries.
 *
 * @param browser only where nothing else distinguishes callers
 */
export function ownerFolder(place: string, mount: string, owner: string, browser?: string): string {
  return `${place}/${digest(JSON.stringify([mount, owner, browser ?? null]))}/`
}

/** The same page request and the same server decision yield the same name. */
export function nameInParts(idempotencyKey: string, decision: string): string {
  return inPartsOf(idempotencyKey) + digest(decision)
}

/** Name prefix of an owner's uploads in parts; with a key, only of those of one file. */
export function inPartsOf(idempotencyKey?: string): string {
  return idempotencyKey === undefined ? IN_PARTS : `${IN_PARTS}${digest(idempotencyKey)}-`
}

export function isInParts(path: string): boolean {
  return path.slice(path.lastIndexOf('/') + 1).startsWith(IN_PARTS)
}

export function nameShared(what: string): string {
  return TOGETHER + digest(what)
}

export function nameAlone(id: string): string {
  return ALONE + id
}

/** Path of an empty object next to an entry of several uploads. Its name encodes which of them have ended. */
export function settledMark(path: string, indexes: Iterable<number>): string {
  let bits = 0n
  for (const index of indexes) bits |= 1n << BigInt(index)
  return `${path}.${bits.toString(16)}`
}

/**
 * Path of an object next to an entry. The first to write it holds the claim: see `Journal.claim`.
 *
 * @param id of the upload, because a path is reused
 */
export function claimOf(path: string, id: string): string {
  return `${path}.claim-${id}`
}

/** An object next to an entry. */
export interface Mark {
  entryPath: string
  /** Indexes of settled uploads. Empty for a claim. */
  settled: Set<number>
}

/** @returns `undefined` for an entry */
export function readMark(path: string): Mark | undefined {
  const [entryPath = '', mark] = path.split('.')
  if (mark === undefined) return undefined
  const settled = new Set<number>()
  if (/^[0-9a-f]+$/.test(mark)) {
    for (let bits = BigInt(`0x${mark}`), index = 0; bits > 0n; bits >>= 1n, index++) {
      if (bits & 1n) settled.add(index)
    }
  }
  return { entryPath, settled }
}

// What the journal's objects are called: `<prefix><place>/<owner>/<name>`, all of it digests.
import { digest } from '../tickets/claims.js'

/** Uploads in parts: those that a page can go on with. */
const IN_PARTS = 'm-'
/** Files of one call that go in one request each. */
const TOGETHER = 's-'
/** Of Companion clients. */
const ALONE = 'o-'

/**
 * What the paths of an owner's entries start with.
 *
 * @param browser where that is all that tells one caller from another
 */
export function ownerFolder(place: string, mount: string, owner: string, browser?: string): string {
  return `${place}/${digest(JSON.stringify([mount, owner, browser ?? null]))}/`
}

/** The same request of the page and the same decision of the server make the same name. */
export function nameInParts(idempotencyKey: string, decision: string): string {
  return inPartsOf(idempotencyKey) + digest(decision)
}

/** What the names of an owner's uploads in parts start with; with a key, those of one file. */
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

/** An empty object beside an entry of many: these of its uploads have come to their end. Its name tells which. */
export function settledMark(path: string, indexes: Iterable<number>): string {
  let bits = 0n
  for (const index of indexes) bits |= 1n << BigInt(index)
  return `${path}.${bits.toString(16)}`
}

/** An object beside an entry, for who is first to write it: see `Journal.claim`. @param id of the upload: a path is used again */
export function claimOf(path: string, id: string): string {
  return `${path}.claim-${id}`
}

/** What is kept beside an entry. */
export interface Mark {
  entryPath: string
  /** Empty: it is a claim. */
  settled: Set<number>
}

/** @returns `undefined`: not a mark, but an entry */
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

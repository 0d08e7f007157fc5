// Identifies a file from when it is added until it is done or removed: within this page, which can have several equal files,
// and across page loads and tabs, where the idempotency key finds a large file's upload.
import { idempotencyKeyOf } from '../server/browser.js'
import { digest } from '../server/digest.js'
import type { Settings } from '../settings.js'
import { type OnHang, readWhole } from '../transfer/read-blob.js'
import { Scheduler } from '../transfer/scheduler.js'
import { type ReadableFile, readInTurn } from './read-in-turn.js'

/** A file with what identifies it. */
export interface IdentifiableFile extends ReadableFile {
  readonly data: Blob
  /** Its original name, whatever the page calls it. */
  readonly ownName: string
}

/** Bytes read at each end of a file. */
const EDGE_BYTES = 64 * 1024

/** Numbers taken by equal files, by the key that they share. */
const taken = new Map<string, Set<number>>()

export class Identity {
  /** One read of the file at a time, so that at most one hangs. */
  readonly reading = new Scheduler(1)
  readonly #leaving = new AbortController()
  #read: { data: Blob; ownName: string; fingerprint: string } | undefined
  #number: { base: string; number: number } | undefined

  /** Aborts when the file is done or removed. */
  get left(): AbortSignal {
    return this.#leaving.signal
  }

  leave(): void {
    this.#leaving.abort()
    this.#free()
  }

  /**
   * The key that equal files of this browser share. Does not read the same file twice.
   * @throws ClientError `file_unreadable`, or the signal's reason.
   */
  async base(
    file: IdentifiableFile,
    context: { readers: Scheduler; settings(): Settings },
    signal: AbortSignal,
  ): Promise<string> {
    const { data, ownName } = file
    if (this.#read?.data !== data || this.#read.ownName !== ownName) {
      const read = await readInTurn(file, context.readers, context, signal, (...how) =>
        fingerprintOf(data, ownName, ...how),
      )
      this.#read = { data, ownName, fingerprint: read }
    }
    return await idempotencyKeyOf(context.settings().endpoint, this.#read.fingerprint)
  }

  /** @returns `base`, with the smallest number that no equal file of this page has */
  idempotencyKey(base: string): string {
    if (this.#number?.base !== base) this.#take(base)
    const number = this.#number?.number ?? 0
    return number === 0 ? base : `${base}-${number}`
  }

  #take(base: string): void {
    this.#free()
    // A file removed while it was read takes no number.
    if (this.left.aborted) return
    const numbers = taken.get(base) ?? new Set()
    let number = 0
    while (numbers.has(number)) number++
    taken.set(base, numbers.add(number))
    this.#number = { base, number }
  }

  #free(): void {
    if (!this.#number) return
    const { base, number } = this.#number
    const numbers = taken.get(base)
    numbers?.delete(number)
    if (numbers?.size === 0) taken.delete(base)
    this.#number = undefined
  }
}

/** Whether only files equal to this one have the key. The key of a later variant does not tell which file it is. */
export function isIdempotencyKeyOf(base: string, idempotencyKey: string | undefined): boolean {
  if (idempotencyKey === undefined) return false
  return idempotencyKey === base || (idempotencyKey.startsWith(`${base}-`) && !idempotencyKey.includes('_'))
}

/**
 * The same whenever the user picks the same file: a digest of its original name, size and date, and of its first and last
 * 64 KiB. It reads nothing else, so a change in the middle that keeps size and date goes unnoticed.
 *
 * @param ownName Its original name, whatever the page calls it.
 * @throws as {@link readWhole}
 */
export async function fingerprintOf(
  data: Blob,
  ownName: string,
  signal: AbortSignal,
  onHang?: OnHang,
): Promise<string> {
  const facts = JSON.stringify([ownName, data.size, data instanceof File ? data.lastModified : null])
  const head = data.slice(0, EDGE_BYTES)
  const tail = data.slice(Math.max(EDGE_BYTES, data.size - EDGE_BYTES))
  return await digest(await readWhole(new Blob([facts, head, tail]), signal, onHang))
}

// What a file of the page is known by, from when it is added until it is done or removed: to this page, which can have several
// equal ones, and over page loads and tabs, where a large file's upload is found by its idempotency key.
import { idempotencyKeyOf } from '../server/browser.js'
import { digest } from '../server/digest.js'
import type { Settings } from '../settings.js'
import { type OnHang, readWhole } from '../transfer/read-blob.js'
import { Scheduler } from '../transfer/scheduler.js'
import { type ReadableFile, readInTurn } from './read-in-turn.js'

/** A file, as far as it is told from others. */
export interface IdentifiableFile extends ReadableFile {
  readonly data: Blob
  /** What it is called where it comes from. */
  readonly ownName: string
}

/** Bytes that are read at either end. */
const EDGE_BYTES = 64 * 1024

/** The numbers that equal files have, by what these have in common. */
const taken = new Map<string, Set<number>>()

export class Identity {
  /** Of the file one read at a time: no more than that hangs. */
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
   * What equal files of this browser have in common. A file that has been read for it is not read again.
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

  /** @returns `base`, and the smallest number that no equal file of this page has */
  idempotencyKey(base: string): string {
    if (this.#number?.base !== base) this.#take(base)
    const number = this.#number?.number ?? 0
    return number === 0 ? base : `${base}-${number}`
  }

  #take(base: string): void {
    this.#free()
    // What was removed while it was read takes nothing.
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

/** Whether only files like this one have the key. Of a later variant nobody knows which of them it is. */
export function isIdempotencyKeyOf(base: string, idempotencyKey: string | undefined): boolean {
  if (idempotencyKey === undefined) return false
  return idempotencyKey === base || (idempotencyKey.startsWith(`${base}-`) && !idempotencyKey.includes('_'))
}

/**
 * The same for the same file whenever the user picks it again: a digest of its own name, size and date, and of its first and
 * last 64 KiB. Nothing else is read, so a change in the middle that leaves size and date as they were goes unnoticed.
 *
 * @param ownName What it is called where it comes from, whatever the page calls it.
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

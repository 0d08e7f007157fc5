// Quotas counted in the memory of this process: for a single server, and forgotten when it restarts.
import { ExpiringIds } from './expiring-ids.js'
import {
  MAX_FILES_SEARCHED,
  type QuotaLimits,
  type QuotaRefusal,
  type QuotaStore,
  type Reservation,
} from './quota-store.js'

/** Counts in memory. Right for a single process; several share a {@link RedisQuotaStore}. */
export class MemoryQuotaStore implements QuotaStore {
  readonly #now: () => number
  readonly #owners = new Map<string, OwnerLog>()
  #sweepAt = 0

  /**
   * @param now the time in milliseconds.
   * @default Date.now
   */
  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Owners in memory: those who uploaded lately. */
  get size(): number {
    return this.#owners.size
  }

  async reserve(
    owner: string,
    reservation: Reservation,
    limits: QuotaLimits,
  ): Promise<QuotaRefusal | undefined> {
    const now = this.#now()
    if (now >= this.#sweepAt) this.#sweep(now, limits.windowSeconds)
    const log = this.#owners.get(owner) ?? new OwnerLog()
    log.forgetExpired(now)
    if (log.has(reservation.id)) return undefined
    const refusal = log.findRefusal(reservation.bytes, limits, now)
    if (refusal) return refusal
    log.add(reservation, limits, now)
    this.#owners.set(owner, log)
    return undefined
  }

  async finish(owner: string, { id, bytes }: Reservation): Promise<void> {
    const log = this.#owners.get(owner)
    log?.unfinished.delete(id)
    log?.correctBytes(id, bytes)
  }

  async release(owner: string, id: string): Promise<void> {
    const log = this.#owners.get(owner)
    log?.forgetExpired(this.#now())
    if (log?.unfinished.delete(id)) log.forget(id)
  }

  // Owners who never come back would stay otherwise. Once per window: its cost is that of all owners.
  #sweep(now: number, windowSeconds: number): void {
    for (const [owner, log] of this.#owners) {
      log.forgetExpired(now)
      if (log.isEmpty) this.#owners.delete(owner)
    }
    this.#sweepAt = now + windowSeconds * 1000
  }
}

class OwnerLog {
  readonly window = new ExpiringIds()
  readonly unfinished = new ExpiringIds()
  readonly #bytes = new Map<string, number>()
  #totalBytes = 0

  get isEmpty(): boolean {
    return this.window.size === 0 && this.unfinished.size === 0
  }

  has(id: string): boolean {
    return this.window.has(id) || this.unfinished.has(id)
  }

  add({ id, bytes }: Reservation, limits: QuotaLimits, now: number): void {
    this.window.add(id, now + limits.windowSeconds * 1000)
    this.unfinished.add(id, now + limits.unfinishedSeconds * 1000)
    this.#setBytes(id, bytes)
  }

  correctBytes(id: string, bytes: number): void {
    if (this.window.has(id)) this.#setBytes(id, bytes)
  }

  forget(id: string): void {
    this.window.delete(id)
    this.#forgetBytes(id)
  }

  forgetExpired(now: number): void {
    for (const id of this.window.takeExpired(now)) this.#forgetBytes(id)
    this.unfinished.takeExpired(now)
  }

  findRefusal(bytes: number, limits: QuotaLimits, now: number): QuotaRefusal | undefined {
    const { files: maxFiles = Infinity, bytes: maxBytes = Infinity, unfinished = Infinity } = limits
    if (bytes > maxBytes) return { limit: 'bytes', retryAfterSeconds: undefined }
    if (maxFiles < 1) return { limit: 'files', retryAfterSeconds: undefined }
    if (this.unfinished.size >= unfinished) return { limit: 'unfinished', retryAfterSeconds: undefined }

    const filesFitAt = this.#whenFilesFit(maxFiles)
    const bytesFitAt = this.#whenBytesFit(maxBytes - bytes)
    const fitsAt = Math.max(filesFitAt, bytesFitAt)
    if (fitsAt <= now) return undefined
    const limit = bytesFitAt > filesFitAt ? 'bytes' : 'files'
    return { limit, retryAfterSeconds: Math.ceil((fitsAt - now) / 1000) }
  }

  /** When one more may be counted; -Infinity: at once. */
  #whenFilesFit(maxFiles: number): number {
    return this.window.inOrder[this.window.size - maxFiles]?.expiresAt ?? -Infinity
  }

  /** When at most `maxTotal` bytes are left, or later. */
  #whenBytesFit(maxTotal: number): number {
    let total = this.#totalBytes
    let fitsAt = -Infinity
    for (const { id, expiresAt } of this.window.inOrder.slice(0, MAX_FILES_SEARCHED)) {
      if (total <= maxTotal) break
      total -= this.#bytes.get(id) ?? 0
      fitsAt = expiresAt
    }
    return fitsAt
  }

  #setBytes(id: string, bytes: number): void {
    this.#totalBytes += bytes - (this.#bytes.get(id) ?? 0)
    this.#bytes.set(id, bytes)
  }

  #forgetBytes(id: string): void {
    this.#totalBytes -= this.#bytes.get(id) ?? 0
    this.#bytes.delete(id)
  }
}

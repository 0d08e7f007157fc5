// Quotas counted in the memory of this process: for a single server, and forgotten when it restarts.
import { ExpiringIds } from './expiring-ids.js'
import {
  MAX_FILES_SEARCHED,
  type QuotaLimits,
  type QuotaRefusal,
  type QuotaStore,
  type QuotaUsage,
  type Reservation,
} from './quota-store.js'

/** Counts in memory. Suits a single process; several share a {@link RedisQuotaStore}. */
export class MemoryQuotaStore implements QuotaStore {
  readonly #now: () => number
  readonly #accounts = new Map<string, AccountLog>()
  #sweepAt = 0

  /**
   * @param now the time in milliseconds.
   * @default Date.now
   */
  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Number of accounts in memory: those that uploaded recently. */
  get size(): number {
    return this.#accounts.size
  }

  async reserve(
    account: string,
    reservation: Reservation,
    limits: QuotaLimits,
  ): Promise<QuotaRefusal | undefined> {
    const now = this.#now()
    if (now >= this.#sweepAt) this.#sweep(now, limits.windowSeconds)
    const log = this.#accounts.get(account) ?? new AccountLog()
    log.forgetExpired(now)
    if (log.has(reservation.id)) return undefined
    const refusal = log.findRefusal(reservation.bytes, limits, now)
    if (refusal) return refusal
    log.add(reservation, limits, now)
    this.#accounts.set(account, log)
    return undefined
  }

  async finish(account: string, { id, bytes }: Reservation): Promise<void> {
    const log = this.#accounts.get(account)
    log?.unfinished.delete(id)
    log?.correctBytes(id, bytes)
  }

  async release(account: string, id: string): Promise<void> {
    this.#accounts.get(account)?.forget(id)
  }

  async usage(account: string): Promise<QuotaUsage> {
    const log = this.#accounts.get(account)
    log?.forgetExpired(this.#now())
    return log?.usage ?? { files: 0, bytes: 0, unfinished: 0 }
  }

  // Removes accounts that never come back. Runs once per window, because it visits all accounts.
  #sweep(now: number, windowSeconds: number): void {
    for (const [account, log] of this.#accounts) {
      log.forgetExpired(now)
      if (log.isEmpty) this.#accounts.delete(account)
    }
    this.#sweepAt = now + windowSeconds * 1000
  }
}

class AccountLog {
  readonly window = new ExpiringIds()
  readonly unfinished = new ExpiringIds()
  readonly #bytes = new Map<string, number>()
  #totalBytes = 0

  get isEmpty(): boolean {
    return this.window.size === 0 && this.unfinished.size === 0
  }

  get usage(): QuotaUsage {
    return { files: this.window.size, bytes: this.#totalBytes, unfinished: this.unfinished.size }
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
    this.unfinished.delete(id)
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

  /** When one more file fits; -Infinity: now. */
  #whenFilesFit(maxFiles: number): number {
    return this.window.inOrder[this.window.size - maxFiles]?.expiresAt ?? -Infinity
  }

  /** When at most `maxTotal` bytes are left; a lower bound if more than {@link MAX_FILES_SEARCHED} files have to leave. */
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

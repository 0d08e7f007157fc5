// How the tries of something have gone lately, and for how long nothing has got through.

/**
 * A try that hung counts no longer than this. So a laptop that slept, or a part that takes hours, uses up the
 * patience of one try and not all of it.
 */
const LONGEST_TRY_MS = 30_000

/** Shared by everything that is tried for the same end: any success shows that the way is open. */
export class Health {
  successes = 0
  #isFailing = false
  #failedMs = 0
  /** On the clock of `performance.now()`. What is tried side by side fails at the same time, and that counts once. */
  #countedUntil = 0
  #waitMs = 0

  succeeded(): void {
    this.successes++
    this.forget()
  }

  /** As if nothing had failed yet. */
  forget(): void {
    this.#isFailing = false
    this.#failedMs = 0
    this.#waitMs = 0
  }

  /**
   * Notes a failure.
   * @param startedAt of the try, on the clock of `performance.now()`
   * @returns Milliseconds in which there were nothing but failures.
   */
  failed(startedAt: number): number {
    const now = performance.now()
    const since = this.#isFailing ? this.#countedUntil : startedAt
    this.#isFailing = true
    this.#failedMs += Math.min(now - since, LONGEST_TRY_MS + this.#waitMs)
    this.#countedUntil = now
    return this.#failedMs
  }

  /** The next try is in so many milliseconds. */
  waits(ms: number): void {
    this.#waitMs = ms
  }
}

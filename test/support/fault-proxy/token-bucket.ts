// A rate limit that many may share, each in its turn. It tells when bytes may go, and waits for nobody.

/** How far an idle bucket fills. It makes up for timers that fire late. */
const burstMs = 50

export class TokenBucket {
  #freeAt = 0

  /**
   * Books `bytes` and tells when they may go.
   *
   * @param bytesPerSecond may change from call to call
   * @param now in ms, on any clock that only goes forward
   * @returns the time on that clock, possibly a past one
   */
  take(bytes: number, bytesPerSecond: number, now: number): number {
    this.#freeAt = Math.max(this.#freeAt, now - burstMs) + (bytes / bytesPerSecond) * 1000
    return this.#freeAt
  }
}

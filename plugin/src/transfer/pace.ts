// How many transfers go on at a time: fewer when S3 asks for it or nothing gets through, more again with each success.
import { TryFailure } from '../errors.js'

/**
 * Additive increase, multiplicative decrease, as TCP does it (https://www.rfc-editor.org/rfc/rfc5681#section-3.1). So a
 * slow connection that breaks again and again sends few parts at a time, which then arrive before it breaks.
 */
export class Pace {
  /** Slots, once there was reason to take fewer than allowed. It grows by fractions. */
  #slots = Number.POSITIVE_INFINITY
  #failuresInARow = 0
  /** Counts the times that S3 was heard, so that one storm counts once. */
  #round = 0

  /** Transfers at a time, of `limit` that are allowed. At least 1. */
  slots(limit: number): number {
    return Math.floor(Math.min(limit, this.#slots))
  }

  /** Notes that a transfer starts. Returns whom to tell how it ended. */
  started(limit: number): { succeeded(): void; failed(error: unknown): void } {
    const round = this.#round
    return {
      succeeded: () => {
        this.#failuresInARow = 0
        if (this.#slots < limit) this.#slots += 1 / this.#slots
      },
      failed: (error) => {
        if (!(error instanceof TryFailure) || error.retry.atOnce) return
        this.#failuresInARow++
        const { status } = error.final
        const isAsked = status === 503 || status === 429
        const isStuck = this.#failuresInARow >= this.slots(limit)
        if (isAsked ? round === this.#round : isStuck) this.#halve(limit)
      },
    }
  }

  #halve(limit: number): void {
    this.#slots = Math.max(1, this.slots(limit) / 2)
    this.#failuresInARow = 0
    this.#round++
  }
}

// One host name of S3, as this page finds it: how many transfers it takes, and whether it answers.
import { TryFailure } from './errors.js'
import { Pace } from './pace.js'

/** Transfers in a row without an answer, before others are preferred. */
const MOST_UNANSWERED = 2
/** Then it is left alone for so long. */
const REST_MS = 300_000

export class HostSlots {
  readonly #pace = new Pace()
  #active = 0
  #unanswered = 0
  /** On the clock of `performance.now()`, as the next. */
  #answeredAt = Number.NEGATIVE_INFINITY
  #silentSince = Number.POSITIVE_INFINITY
  #silentAt = Number.NEGATIVE_INFINITY

  /** Transfers that may start, of `limit` at a time. */
  room(limit: number): number {
    return this.#pace.slots(limit) - this.#active
  }

  /** Whether S3 is better reached by the others: they answer, and this one does not. */
  isDown(others: HostSlots[]): boolean {
    if (this.#unanswered < MOST_UNANSWERED || performance.now() - this.#silentAt > REST_MS) return false
    return others.some((other) => other.#answeredAt > this.#silentSince)
  }

  /** Takes a slot. Returns whom to tell how it ended; `ended` in any case. */
  start(limit: number): { succeeded(): void; failed(error: unknown): void; ended(): void } {
    this.#active++
    const pace = this.#pace.started(limit)
    return {
      succeeded: () => {
        pace.succeeded()
        this.#answered()
      },
      failed: (error) => {
        pace.failed(error)
        if (!(error instanceof TryFailure) || error.retry.atOnce) return
        if (error.final.status) this.#answered()
        else this.#silent()
      },
      ended: () => {
        this.#active--
      },
    }
  }

  #answered(): void {
    this.#unanswered = 0
    this.#answeredAt = performance.now()
  }

  #silent(): void {
    this.#silentAt = performance.now()
    if (this.#unanswered++ === 0) this.#silentSince = this.#silentAt
  }
}

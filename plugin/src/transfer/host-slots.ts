// One host name of S3, as this page finds it: how many transfers it takes, and whether it answers.
import { TryFailure } from '../errors.js'
import { Lifetime } from './lifetime.js'
import { Pace } from './pace.js'
import type { Health } from './retry.js'

/** Transfers in a row without an answer, while others succeeded, before others are preferred. */
const MOST_UNANSWERED = 2
/** Then it is left alone for so long. */
const REST_MS = 300_000

export class HostSlots {
  readonly #pace = new Pace()
  #active = 0
  #unanswered = 0
  /** Successes of the page when it fell silent. Without one since, the network may be gone. */
  #successesBefore = 0
  #rest: Lifetime | undefined

  /** @param health of all transfers of the page */
  constructor(private readonly health: Health) {}

  /** Transfers at a time, of `limit` that are allowed. */
  slots(limit: number): number {
    return this.#pace.slots(limit)
  }

  /** Transfers that may start. */
  room(limit: number): number {
    return this.slots(limit) - this.#active
  }

  /** Whether S3 is better reached by other names: they answer, and this one does not. */
  get isDown(): boolean {
    return this.#rest?.isOver === false
  }

  /** Takes a slot. Returns whom to tell how it ended; `ended` in any case. */
  start(limit: number): { succeeded(): void; failed(error: unknown): void; ended(): void } {
    this.#active++
    const pace = this.#pace.started(limit)
    return {
      succeeded: () => {
        pace.succeeded()
        this.#unanswered = 0
      },
      failed: (error) => {
        pace.failed(error)
        if (!(error instanceof TryFailure) || error.retry.atOnce) return
        if (error.final.status) this.#unanswered = 0
        else this.#silent()
      },
      ended: () => {
        this.#active--
      },
    }
  }

  #silent(): void {
    const { successes } = this.health
    if (this.#unanswered++ === 0) this.#successesBefore = successes
    const othersAnswer = successes > this.#successesBefore
    if (othersAnswer && this.#unanswered >= MOST_UNANSWERED) this.#rest = new Lifetime(REST_MS)
  }
}

// One host name of S3, as seen from this page: how many transfers it takes at a time, and whether it answers.
import { TryFailure } from '../errors.js'
import { Lifetime } from './lifetime.js'
import type { Health } from './retry.js'

/** Transfers in a row without an answer, while others succeeded, before others are preferred. */
const MOST_UNANSWERED = 2
/** How long other hosts are then preferred. */
const REST_MS = 300_000

/** Why a transfer did not succeed. */
export interface Failure {
  error: unknown
}

/**
 * Additive increase, multiplicative decrease, as in TCP (https://www.rfc-editor.org/rfc/rfc5681#section-3.1). So a slow
 * connection that keeps breaking sends few parts at a time, which arrive before it breaks.
 */
export class HostSlots {
  /** Slots, once there was reason to use fewer than allowed. Grows by fractions. */
  #slots = Number.POSITIVE_INFINITY
  #active = 0
  #failuresInARow = 0
  /** How often the slots were halved, so that one storm halves them once. */
  #round = 0
  #unanswered = 0
  /** The page's successes when the host fell silent. Without one since, the network may be gone. */
  #successesBefore = 0
  #rest: Lifetime | undefined

  /** @param health of all transfers of the page */
  constructor(private readonly health: Pick<Health, 'successes'>) {}

  /** Transfers at a time, up to `limit`. At least 1. */
  slots(limit: number): number {
    return Math.floor(Math.min(limit, this.#slots))
  }

  /** Transfers that may start. */
  room(limit: number): number {
    return this.slots(limit) - this.#active
  }

  /** Whether other hosts should be preferred: they answer, and this one does not. */
  get isDown(): boolean {
    return this.#rest?.isOver === false
  }

  /** @returns releases the slot; without a failure, the transfer has succeeded */
  take(limit: number): (failure?: Failure) => void {
    const round = this.#round
    this.#active++
    return (failure) => {
      this.#active--
      if (!failure) this.#succeeded(limit)
      else if (failure.error instanceof TryFailure && !failure.error.retry.atOnce) {
        this.#failed(limit, round, failure.error.final.status)
      }
    }
  }

  #succeeded(limit: number): void {
    this.#unanswered = 0
    this.#failuresInARow = 0
    if (this.#slots < limit) this.#slots += 1 / this.#slots
  }

  #failed(limit: number, round: number, status: number | undefined): void {
    if (status) this.#unanswered = 0
    else this.#fellSilent()
    this.#failuresInARow++
    const isAsked = status === 503 || status === 429
    const isStuck = this.#failuresInARow >= this.slots(limit)
    if (isAsked ? round !== this.#round : !isStuck) return
    this.#slots = Math.max(1, this.slots(limit) / 2)
    this.#failuresInARow = 0
    this.#round++
  }

  #fellSilent(): void {
    const { successes } = this.health
    if (this.#unanswered++ === 0) this.#successesBefore = successes
    const othersAnswer = successes > this.#successesBefore
    if (othersAnswer && this.#unanswered >= MOST_UNANSWERED) this.#rest = new Lifetime(REST_MS)
  }
}

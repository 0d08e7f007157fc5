// What is retried, when, and for how long; and how recent tries have gone.

import { type PartwayError, TryFailure, type Values } from '../errors.js'
import type { Notice } from '../locale.js'
import type { RetryOptions } from '../settings.js'
import { delay, isOffline } from './delay.js'

/** Tells the user, in the page's language. @param reason what went wrong, if anything did */
export type Notify = (notice: Notice, values: Values, reason?: PartwayError) => void

/** How {@link retrying} tries again. */
export interface RetryContext {
  retry: Required<RetryOptions>
  signal: AbortSignal
  health?: Health
  /** Called with the reason for each wait. */
  log(message: string): void
  /** Tells the user why nothing moves. */
  notify?: Notify
}

/** Shorter waits are over before the user has read the notice. */
const WORTH_NOTICE_MS = 3000

/** Most tries without a wait, so that what always asks for another slows down. */
const MOST_AT_ONCE = 10

/** Whether the wait that the answer asks for is no longer than `giveUpAfterMs`. */
export function isWorthWaiting({ retry }: TryFailure, { giveUpAfterMs }: Required<RetryOptions>): boolean {
  return (retry.afterMs ?? 0) <= giveUpAfterMs
}

/**
 * Retries `attempt` while it throws {@link TryFailure}: exponential backoff with full jitter. Honours `Retry-After`, and
 * counts nothing while the browser is offline.
 *
 * Backoff: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @throws `final` of the last `TryFailure`, after `giveUpAfterMs` or `tries` of nothing but failures; at once if the answer
 * asks for a wait longer than `giveUpAfterMs`.
 */
export async function retrying<T>(attempt: () => Promise<T>, context: RetryContext): Promise<T> {
  const { retry, signal, health = new Health(), log, notify } = context
  let seen = health.successes
  let failures = 0
  let atOnce = 0
  for (;;) {
    signal.throwIfAborted()
    const startedAt = performance.now()
    try {
      const result = await attempt()
      health.succeeded()
      return result
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof TryFailure)) throw error
      if (error.retry.atOnce && ++atOnce < MOST_AT_ONCE) continue
      if (isOffline()) {
        log(`Waiting for the network: ${error.message}`)
        notify?.('waiting_for_network', {})
        // Browsers can be wrong about being offline, and a frozen page can miss `online`.
        await delay(retry.maxDelayMs, signal)
        health.forget()
        failures = 0
        continue
      }
      if (health.successes !== seen) failures = 0
      seen = health.successes
      const isOver = health.failed(startedAt) >= retry.giveUpAfterMs || failures + 1 >= retry.tries
      if (isOver || !isWorthWaiting(error, retry)) throw error.final
      const backoffMs = Math.random() * Math.min(retry.maxDelayMs, retry.baseDelayMs * 2 ** failures++)
      const delayMs = Math.max(backoffMs, error.retry.afterMs ?? 0)
      log(`Next try in ${(delayMs / 1000).toFixed(1)} s: ${error.message}`)
      if (delayMs >= WORTH_NOTICE_MS) {
        notify?.('trying_again', { seconds: Math.ceil(delayMs / 1000) }, error.final)
      }
      health.waits(delayMs)
      await delay(delayMs, signal)
    }
  }
}

/**
 * A try counts for at most this long. So a laptop that slept, or a part that takes hours, does not use up all of
 * `giveUpAfterMs`.
 */
const LONGEST_TRY_MS = 30_000

/** Shared by all tries with the same goal: any success shows that the way is open. */
export class Health {
  successes = 0
  #isFailing = false
  #failedMs = 0
  /** On the clock of `performance.now()`. Parallel tries fail at the same time, which counts once. */
  #countedUntil = 0
  #waitMs = 0

  succeeded(): void {
    this.successes++
    this.forget()
  }

  /** Resets to a state without failures. */
  forget(): void {
    this.#isFailing = false
    this.#failedMs = 0
    this.#waitMs = 0
  }

  /**
   * Notes a failure.
   * @param startedAt of the try, on the clock of `performance.now()`
   * @returns Milliseconds of nothing but failures.
   */
  failed(startedAt: number): number {
    const now = performance.now()
    const since = this.#isFailing ? this.#countedUntil : startedAt
    this.#isFailing = true
    this.#failedMs += Math.min(now - since, LONGEST_TRY_MS + this.#waitMs)
    this.#countedUntil = now
    return this.#failedMs
  }

  /** The next try is in `ms`. */
  waits(ms: number): void {
    this.#waitMs = ms
  }
}

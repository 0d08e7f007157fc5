// What is tried again, when, and for how long; and how the tries have gone lately.

import { type PartwayError, TryFailure, type Values } from '../errors.js'
import type { Notice } from '../locale.js'
import type { RetryOptions } from '../settings.js'
import { delay, isOffline } from './delay.js'

/** Tells the user, in the page's language. @param reason what went wrong, as far as something did */
export type Notify = (notice: Notice, values: Values, reason?: PartwayError) => void

/** How {@link retrying} tries again. */
export interface RetryContext {
  retry: Required<RetryOptions>
  signal: AbortSignal
  health?: Health
  /** Told why it waits. */
  log(message: string): void
  /** Tells the user, who sees nothing move. */
  notify?: Notify
}

/** Shorter waits are over before anybody has read of them. */
const WORTH_NOTICE_MS = 3000

/** Tries without a wait between them, before something that always asks for another is slowed down. */
const MOST_AT_ONCE = 10

/** Whether the wait that the answer asks for is within a file's patience. */
export function isWorthWaiting({ retry }: TryFailure, { giveUpAfterMs }: Required<RetryOptions>): boolean {
  return (retry.afterMs ?? 0) <= giveUpAfterMs
}

/**
 * Repeats `attempt` while it throws {@link TryFailure}: exponential backoff with full jitter, `Retry-After`
 * honoured, and no counting while the browser is offline.
 *
 * Backoff: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @throws what the last `TryFailure` holds, after `giveUpAfterMs` or `tries` of nothing but failures; at once if the answer asks
 * for a longer wait than that.
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
        // Browsers can be wrong about having no network, and `online` can be missed while the page is frozen.
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

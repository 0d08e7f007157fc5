// Batches small requests: those made while a call is in flight go in the next one.
import type { ErrorBody } from '@partway/server/protocol'
import { TryFailure } from '../errors.js'
import { Health, isWorthWaiting, type RetryContext, retrying } from '../transfer/retry.js'
import { readItem } from './call-server.js'

/** Most items that the server takes in one call. */
export const MOST_ITEMS = 100
/** Longest wait for a call in flight. */
const LONGEST_WAIT_MS = 100
/** Longest wait for requests that are still to come. */
const LONGEST_WAIT_FOR_MORE_MS = 2000

interface Item<Request, Reply> {
  request: Request
  signal: AbortSignal
  /** The server may be working on it: the caller must get the outcome. */
  inFlight: boolean
  resolve(reply: Reply): void
  reject(reason: unknown): void
}

/** Collects requests, sends them in one call, and gives each its own reply. */
export class Batch<Request, Reply> {
  #waiting: Item<Request, Reply>[] = []
  #calls = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** When it fires, on the clock of `performance.now()`. */
  #timerAt = 0
  #isDue = false

  /**
   * @param call One try to send. Returns replies in the order of the requests.
   * @param settings How to retry.
   * @param mostItems Most requests in one call. 1 to {@link MOST_ITEMS}.
   * @param moreToCome Whether more requests will come soon, and are worth waiting for.
   */
  constructor(
    private readonly call: (requests: Request[]) => Promise<(Reply | ErrorBody)[]>,
    private readonly settings: () => Pick<RetryContext, 'retry' | 'health' | 'log' | 'notify'>,
    private readonly mostItems = () => MOST_ITEMS,
    private readonly moreToCome = () => false,
  ) {}

  /**
   * Resolves with the reply to `request`. An abort while it waits rejects with the signal's reason; once it is in flight,
   * its outcome is delivered anyway.
   */
  add(request: Request, signal: AbortSignal): Promise<Reply> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const item = { request, signal, inFlight: false, resolve, reject }
      signal.addEventListener('abort', () => {
        if (!item.inFlight) reject(signal.reason)
      })
      this.#waiting.push(item)
      this.#schedule()
    })
  }

  /** No more requests will come soon. */
  flushSoon(): void {
    clearTimeout(this.#timer)
    // On a timer: the last of those expected may be about to ask.
    this.#timerAt = 0
    this.#timer = setTimeout(() => this.#flush())
  }

  #schedule(): void {
    if (this.#waiting.length >= this.mostItems()) this.#flush()
    else if (this.moreToCome()) this.#flushIn(LONGEST_WAIT_FOR_MORE_MS)
    else if (this.#calls > 0) this.#flushIn(LONGEST_WAIT_MS)
    else if (!this.#isDue) {
      this.#isDue = true
      // Requests of the same tick go in this call.
      queueMicrotask(() => this.#flush())
    }
  }

  #flushIn(ms: number): void {
    const at = performance.now() + ms
    if (this.#timer !== undefined && this.#timerAt <= at) return
    clearTimeout(this.#timer)
    this.#timerAt = at
    this.#timer = setTimeout(() => this.#flush(), ms)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isDue = false
    while (this.#waiting.length > 0) void this.#send(this.#waiting.splice(0, this.mostItems()))
  }

  async #send(items: Item<Request, Reply>[]): Promise<void> {
    let open = items
    const { health = new Health() } = this.settings()
    const attempt = async () => {
      open = this.#withoutAborted(open)
      if (open.length === 0) return
      const replies = await this.#callFor(open)
      const failures: TryFailure[] = []
      open = open.filter((item, index) => {
        try {
          item.resolve(readItem(replies[index] as Reply | ErrorBody))
          health.succeeded()
          return false
        } catch (error) {
          const again = error instanceof TryFailure && isWorthWaiting(error, this.settings().retry)
          if (again) failures.push(error)
          else item.reject(error instanceof TryFailure ? error.final : error)
          return again
        }
      })
      // They go in one call again, when the last of them may.
      const [last] = failures.sort((a, b) => (b.retry.afterMs ?? 0) - (a.retry.afterMs ?? 0))
      if (last) throw last
    }
    const attemptAndRelease = async () => {
      try {
        await attempt()
      } catch (error) {
        // A request aborted meanwhile must not wait for the next try.
        open = this.#withoutAborted(open)
        if (open.length > 0) throw error
      }
    }
    this.#calls++
    try {
      await retrying(attemptAndRelease, { ...this.settings(), signal: new AbortController().signal, health })
    } catch (error) {
      for (const { reject } of open) reject(error)
    }
    this.#calls--
    if (this.#waiting.length > 0 && !this.moreToCome()) this.#flush()
  }

  async #callFor(items: Item<Request, Reply>[]): Promise<(Reply | ErrorBody)[]> {
    for (const item of items) item.inFlight = true
    try {
      return await this.call(items.map(({ request }) => request))
    } finally {
      for (const item of items) item.inFlight = false
    }
  }

  #withoutAborted(items: Item<Request, Reply>[]): Item<Request, Reply>[] {
    return items.filter(({ signal, reject }) => {
      if (signal.aborted) reject(signal.reason)
      return !signal.aborted
    })
  }
}

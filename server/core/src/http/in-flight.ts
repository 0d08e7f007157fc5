// The calls that are under way, for a shutdown that loses none.
import type { ServerResponse } from 'node:http'
import { finished } from 'node:stream/promises'
import { PartwayError } from '../errors.js'

export class InFlight {
  readonly #calls = new Set<Promise<unknown>>()
  #closing = false

  /** @param res the reply, which may be sent long after the call has made it: the host has middleware of its own */
  async run(res: ServerResponse, call: () => Promise<void>): Promise<void> {
    const running = call()
    const answered = Promise.allSettled([running, finished(res)])
    this.#calls.add(answered)
    answered.then(() => this.#calls.delete(answered))
    await running
  }

  /** After {@link close}. */
  get isClosing(): boolean {
    return this.#closing
  }

  /** @throws PartwayError `shutting_down` after {@link close} */
  checkOpen(): void {
    if (!this.#closing) return
    const message = 'This server is stopping. Try again in a moment.'
    throw new PartwayError('shutting_down', message, { retryAfterSeconds: 1 })
  }

  /** Refuses new calls, and resolves when those under way are answered, or their clients gone. */
  async close(): Promise<void> {
    this.#closing = true
    await Promise.all(this.#calls)
  }
}

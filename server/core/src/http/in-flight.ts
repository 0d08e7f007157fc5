// The calls in flight, for a shutdown that loses none.
import { PartwayError } from '../errors.js'
import type { HttpCall } from './adapter.js'

export class InFlight {
  readonly #calls = new Set<Promise<unknown>>()
  #closing = false

  /** The call is in flight until its reply is sent, which the host's own middleware may delay. */
  async run<Reply>(call: Pick<HttpCall<unknown>, 'untilSent'>, handle: () => Promise<Reply>): Promise<Reply> {
    const running = handle()
    const answered = Promise.allSettled([running, call.untilSent()])
    this.#calls.add(answered)
    answered.then(() => this.#calls.delete(answered))
    return await running
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

  /** Refuses new calls. Resolves when those in flight are answered, or their clients are gone. */
  async close(): Promise<void> {
    this.#closing = true
    await Promise.all(this.#calls)
  }
}

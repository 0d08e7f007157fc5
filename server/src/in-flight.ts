// The calls that are under way, for a shutdown that loses none.
import { PartwayError } from './errors.js'

export class InFlight {
  readonly #calls = new Set<Promise<void>>()
  #closing = false

  async run(call: () => Promise<void>): Promise<void> {
    const running = call()
    this.#calls.add(running)
    try {
      await running
    } finally {
      this.#calls.delete(running)
    }
  }

  /** @throws PartwayError `shutting_down` after {@link close} */
  checkOpen(): void {
    if (!this.#closing) return
    const message = 'This server is stopping. Try again in a moment.'
    throw new PartwayError('shutting_down', message, { retryAfterSeconds: 1 })
  }

  /** Refuses new calls, and resolves when those under way are answered. */
  async close(): Promise<void> {
    this.#closing = true
    await Promise.allSettled(this.#calls)
  }
}

// The app servers of a run, behind a balancer that gives each request to the next one.
import { type Served, serve } from '../server/serve.js'
import type { AppServer } from './contenders.js'

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1'

export class Servers {
  readonly #live: (AppServer & { served: Served })[] = []
  #turn = 0

  /** Of the server that is to answer the next request. */
  get origin(): string {
    return this.#live[this.#turn++ % this.#live.length]?.served.origin ?? NOWHERE
  }

  async start(server: AppServer): Promise<void> {
    this.#live.push({ ...server, served: await serve(server.listener) })
  }

  /** All of them look at what was left unfinished, at the same moment. */
  async finish(): Promise<void> {
    await Promise.all(this.#live.map(({ finish }) => finish?.()))
  }

  /** Ends the one that has run the longest, as a process ends: what it has not answered, it never will. */
  async stopOne(): Promise<void> {
    const stopped = this.#live.shift()
    await stopped?.served.close()
    void stopped?.close?.()
  }

  async close(): Promise<void> {
    while (this.#live.length > 0) await this.stopOne()
  }
}

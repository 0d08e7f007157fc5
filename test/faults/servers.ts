// The app servers of a run, behind a balancer that gives each request to the next one.
import type { RequestListener } from 'node:http'
import { type Served, serve } from '../server/serve.js'

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1'

export class Servers {
  readonly #live: Served[] = []
  #turn = 0

  /** Of the server that is to answer the next request. */
  get origin(): string {
    return this.#live[this.#turn++ % this.#live.length]?.origin ?? NOWHERE
  }

  async start(listener: RequestListener): Promise<void> {
    this.#live.push(await serve(listener))
  }

  /** Ends the one that has run the longest, as a process ends: what it has not answered, it never will. */
  async stopOne(): Promise<void> {
    await this.#live.shift()?.close()
  }

  async close(): Promise<void> {
    while (this.#live.length > 0) await this.stopOne()
  }
}

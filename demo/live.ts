// Server-sent events for open pages: quota, library, and the states of parts.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
import { PassThrough } from 'node:stream'
import type { Context } from 'koa'

/** Limits what one person can use; more tabs than browsers open connections. */
const MAX_STREAMS_PER_OWNER = 12

export type Tell = (event: string, data: unknown) => void

export class Live {
  readonly #streams = new Map<string, Set<PassThrough>>()
  readonly #greetings: ((owner: string, tell: Tell) => unknown)[] = []

  /** Sends the present state to each page that opens. @returns removes the greeting */
  greet(greeting: (owner: string, tell: Tell) => unknown): () => void {
    this.#greetings.push(greeting)
    return () => void this.#greetings.splice(this.#greetings.indexOf(greeting), 1)
  }

  /** Answers the request with the owner's stream. */
  open(ctx: Context, owner: string): void {
    const streams = this.#streams.get(owner) ?? new Set()
    if (streams.size >= MAX_STREAMS_PER_OWNER) ctx.throw(429, 'The page is open in too many tabs.')
    const stream = new PassThrough()
    this.#streams.set(owner, streams.add(stream))
    ctx.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    ctx.body = stream
    ctx.res.once('close', () => {
      stream.destroy()
      streams.delete(stream)
      if (streams.size === 0 && this.#streams.get(owner) === streams) this.#streams.delete(owner)
    })
    // How soon a page reconnects after the server was down.
    stream.write('retry: 1000\n\n')
    for (const greeting of this.#greetings)
      greeting(owner, (event, data) => stream.write(describe(event, data)))
  }

  tell(owner: string, event: string, data: unknown): void {
    for (const stream of this.#streams.get(owner) ?? []) stream.write(describe(event, data))
  }

  tellAll(event: string, data: unknown): void {
    for (const owner of this.#streams.keys()) this.tell(owner, event, data)
  }
}

function describe(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

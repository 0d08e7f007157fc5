// What can be asked of the proxy: which requests are to go wrong, how often, and how.
import type { Exchange } from './exchange.js'
import type { SeenRequest } from './seen-request.js'

/** What is done with a request instead of passing it on. */
export interface Action {
  /** With its arguments, for `SeenRequest.fault`. */
  readonly name: string
  /** Settles when nothing more is to be done. A rejection resets the client's connection. */
  apply(exchange: Exchange): Promise<void>
}

export interface Fault {
  /** @default isFromPage */
  match?: (request: SeenRequest) => boolean
  /** How many requests it is applied to. @default Infinity */
  times?: number
  action: Action
}

/** Requests that a page sent, without the preflights that the browser sent for it. */
export function isFromPage(request: SeenRequest): boolean {
  return request.fromPage && !request.preflight
}

/** No fault: the target gets the request, the client gets the reply. */
export const pass: Action = {
  name: 'pass',
  async apply(exchange) {
    await exchange.reply(await exchange.forward())
  },
}

/** The faults of a proxy. The first one added that matches, and has times left, is applied. */
export class Faults {
  #active: { fault: Fault; left: number }[] = []

  /** @returns a function that takes the fault away again */
  add(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY }
    this.#active.push(entry)
    return () => {
      this.#active = this.#active.filter((other) => other !== entry)
    }
  }

  clear(): void {
    this.#active = []
  }

  /** The action for a request, which uses up one of its fault's times. */
  take(request: SeenRequest): Action | undefined {
    const entry = this.#active.find(({ fault: { match = isFromPage }, left }) => left > 0 && match(request))
    if (!entry) return undefined
    entry.left--
    return entry.fault.action
  }
}

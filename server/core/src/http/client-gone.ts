// Clients that close their connection before they have their answer.
import type { Context } from 'koa'
import { PartwayError } from '../errors.js'

/** Aborts when the client has gone away, and never after the reply is sent. */
export function signalWhenGone({ res }: Context): AbortSignal {
  const gone = new AbortController()
  res.once('close', () => {
    if (!res.writableFinished) gone.abort(clientGone())
  })
  return gone.signal
}

export function clientGone(): PartwayError {
  return new PartwayError('client_gone', 'The client closed the connection.')
}

// Clients that close their connection before they have their reply.
import { PartwayError } from './errors.js'

/** Aborts with {@link clientGone}, whatever the reason of the framework's signal. */
export function signalWhenGone(signal: AbortSignal): AbortSignal {
  const gone = new AbortController()
  const abort = () => gone.abort(clientGone())
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  return gone.signal
}

export function clientGone(): PartwayError {
  return new PartwayError('client_gone', 'The client closed the connection.')
}

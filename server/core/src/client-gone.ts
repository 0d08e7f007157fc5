// Clients that close their connection before they have their answer.
import { PartwayError } from './errors.js'

/** Aborts with {@link clientGone}, whatever the framework's signal has for a reason. */
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

// Resolves the page's `headers` option for one call: host code, and nothing else, runs here.

import { ClientError, hostOf, TryFailure, toPartwayError } from '../errors.js'
import { isHeaders, type Settings } from '../settings.js'
import { isOffline } from '../transfer/delay.js'
import { untilAborted } from '../transfer/until-aborted.js'

/** How to reach the server. */
export type Connection = Pick<Settings, 'endpoint' | 'headers' | 'credentials'>

/** Bounds of one call. */
export interface CallLimits {
  timeoutMs: number
  signal?: AbortSignal
}

/**
 * @param refused whether the server has answered 401 to the previous headers
 * @throws PartwayError, usually `unexpected_error`, if `headers` throws, returns what no request can carry, or times out;
 * TryFailure without a network, which it may need itself; the signal's reason.
 */
export async function askHeaders(
  { headers, endpoint }: Connection,
  refused: boolean,
  { timeoutMs, signal }: CallLimits,
): Promise<Record<string, string>> {
  const late = new AbortController()
  const tooLate = () => late.abort(new Error(`\`headers\` gave nothing in ${timeoutMs / 1000} s`))
  const timer = setTimeout(tooLate, timeoutMs)
  const stop = signal ? AbortSignal.any([signal, late.signal]) : late.signal
  try {
    const given: unknown =
      typeof headers === 'function' ? await untilAborted(headers(refused), stop) : headers
    if (!isHeaders(given)) throw new TypeError('`headers` must give an object of strings')
    // Copied, so that an error from its getters is caught here.
    const own = { ...given }
    checkHeaders(own)
    return own
  } catch (error) {
    signal?.throwIfAborted()
    if (isOffline()) throw new TryFailure(new ClientError('network_error', { host: hostOf(endpoint) }))
    throw toPartwayError(error)
  } finally {
    clearTimeout(timer)
  }
}

/** The browser's own error would quote the value, which may be a secret. */
function checkHeaders(own: Record<string, string>): void {
  try {
    new Headers(own)
  } catch {
    throw new TypeError('`headers` gave a name or value that no request can carry')
  }
}

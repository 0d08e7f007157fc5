// One JSON call to the middleware.
import type { ErrorBody } from '@partway/koa/protocol'
import { ClientError, hostOf, PartwayError, TryFailure } from './errors.js'
import type { Settings } from './options.js'
import { parseRetryAfter } from './send.js'

/** The server's codes for its own faults that only its owner can end. */
const LASTING_CODES = ['bucket_missing', 's3_access_denied']

/** How to reach the server. */
export type Connection = Pick<Settings, 'endpoint' | 'headers' | 'credentials'>

/** Bounds of one call. */
export interface CallLimits {
  timeoutMs: number
  signal?: AbortSignal
}

/**
 * Posts `body` to `{endpoint}/{route}`.
 * @throws TryFailure if a repetition may help, PartwayError with the server's words if not, the signal's reason.
 */
export async function callServer<Reply extends object>(
  { endpoint, headers, credentials }: Connection,
  route: string,
  body: object,
  { timeoutMs, signal }: CallLimits,
): Promise<Reply> {
  const host = hostOf(endpoint)
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), timeoutMs)
  try {
    const response = await fetch(`${endpoint}/${route}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(typeof headers === 'function' ? await headers() : headers),
      },
      credentials,
      body: JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal,
    })
    return await readReply<Reply>(response, host)
  } catch (error) {
    // `fetch` says TypeError when there was no answer.
    if (timeout.signal.aborted || error instanceof TypeError) {
      throw new TryFailure(new ClientError('network_error', { host }))
    }
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** One item of a batch. @throws as {@link callServer} does, if the item is an error. */
export function readItem<Item>(item: Item | ErrorBody): Item {
  if (!isErrorBody(item)) return item
  const { error, code, status, field } = item
  const failure = new PartwayError(error, code, { status, ...(field !== undefined && { field }) })
  throw mayPass(failure) ? new TryFailure(failure) : failure
}

async function readReply<Reply extends object>(response: Response, host: string): Promise<Reply> {
  const { ok, status } = response
  const reply: unknown = parseJson(await response.text())
  if (ok && typeof reply === 'object' && reply !== null) return reply as Reply
  const failure = isErrorBody(reply)
    ? new PartwayError(reply.error, reply.code, { ...reply, status })
    : new ClientError(
        isPassing(status) ? 'server_unavailable' : 'unexpected_reply',
        { host, status },
        { status },
      )
  if (!mayPass(failure)) throw failure
  throw new TryFailure(failure, { afterMs: parseRetryAfter(response.headers.get('retry-after')) })
}

function mayPass({ code, status = 0 }: PartwayError): boolean {
  return isPassing(status) && !LASTING_CODES.includes(code)
}

function isPassing(status: number): boolean {
  return (status >= 500 && status !== 501) || status === 429 || status === 408
}

function isErrorBody(value: unknown): value is ErrorBody {
  return typeof value === 'object' && value !== null && 'error' in value && 'code' in value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

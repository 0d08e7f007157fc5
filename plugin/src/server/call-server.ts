// One JSON call to the middleware.
import type { ErrorBody } from '@partway/server/protocol'
import type { Lasting, PartwayErrorCode } from '../error-codes.js'
import { ClientError, hostOf, PartwayError, TryFailure } from '../errors.js'
import { parseRetryAfter } from '../transfer/retry-after.js'
import { askHeaders, type CallLimits, type Connection } from './ask-headers.js'

/** Codes whose status looks temporary, but that no retry clears. */
const LASTING_CODES: readonly PartwayErrorCode[] = [
  'secrets_invalid',
  'bucket_missing',
  's3_access_denied',
  's3_credentials_rejected',
  's3_clock_skew',
  's3_wrong_region',
  // It may pass only after hours: the user decides.
  'quota_exceeded',
] satisfies Lasting[]

/** Longest time for a call that needs nothing large of S3. */
export const CALL_TIMEOUT_MS = 60_000

/**
 * Posts `body` to `{endpoint}/{route}`, or sends a GET if there is no body.
 * @throws TryFailure if a retry may help, PartwayError with the server's words if not, the signal's reason; and as
 * {@link askHeaders}.
 */
export async function callServer<Reply extends object>(
  connection: Connection,
  route: string,
  body: object | undefined,
  limits: CallLimits,
): Promise<Reply> {
  const { endpoint, headers, credentials } = connection
  const { timeoutMs, signal } = limits
  const host = hostOf(endpoint)
  const timeout = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const ask = async (refused: boolean) => {
    clearTimeout(timer)
    const own = await askHeaders(connection, refused, limits)
    timer = setTimeout(() => timeout.abort(), timeoutMs)
    return await fetch(`${endpoint}/${route}`, {
      method: body ? 'POST' : 'GET',
      headers: { ...(body && { 'content-type': 'application/json' }), ...own },
      credentials,
      body: body ? JSON.stringify(body) : null,
      signal: signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal,
    })
  }
  try {
    let response = await ask(false)
    // The user's token may have just expired.
    if (response.status === 401 && typeof headers === 'function') response = await ask(true)
    return await readReply<Reply>(response, host)
  } catch (error) {
    // `fetch` throws a TypeError when there is no answer.
    if (timeout.signal.aborted || error instanceof TypeError) {
      throw new TryFailure(new ClientError('network_error', { host }))
    }
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Reads one item of a batch. @throws as {@link callServer} does, if the item is an error. */
export function readItem<Item>(item: Item | ErrorBody): Item {
  if (!isErrorBody(item)) return item
  const { status, retryAfter } = item
  const failure = toError(item)
  // A temporary error has `retryAfter`. The host's own refusal, with any 4xx, does not.
  if (status < 500 && retryAfter === undefined) throw failure
  throw toFailure(failure, (retryAfter ?? 0) * 1000)
}

async function readReply<Reply extends object>(response: Response, host: string): Promise<Reply> {
  const { ok, status } = response
  const reply: unknown = parseJson(await response.text())
  if (ok && typeof reply === 'object' && reply !== null) return reply as Reply
  const afterMs = parseRetryAfter(response.headers.get('retry-after'))
  if (isErrorBody(reply)) {
    throw toFailure(toError({ ...reply, status }), afterMs || (reply.retryAfter ?? 0) * 1000)
  }
  const code = isPassing(status) ? 'server_unavailable' : 'unexpected_reply'
  throw toFailure(new ClientError(code, { host, status }, { status }), afterMs)
}

/** Codes that the host does not declare have no type. */
function toError(body: ErrorBody): PartwayError {
  return new PartwayError(body.error, body.code as PartwayErrorCode, body)
}

function toFailure(failure: PartwayError, afterMs: number): PartwayError | TryFailure {
  const { code, status = 0 } = failure
  return isPassing(status) && !LASTING_CODES.includes(code) ? new TryFailure(failure, { afterMs }) : failure
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

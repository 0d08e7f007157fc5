// Turns refusals into replies, in one place. All other errors go to the host's own error handling.
import { PartwayError } from '../errors.js'
import type { ErrorBody } from '../protocol.js'
import type { HostsError, HttpReply } from './adapter.js'

/** Shapes the body of a refusal: clients read the sentence from different fields. */
export type RenderError = (error: ErrorBody) => ErrorBody & { message?: string }

export interface ReplySettings {
  requestId: string
  render: RenderError
  /** Major version of HTTP. */
  httpVersion: number
  /** For the host's error log. */
  report(error: unknown): void
}

/** Runs `handle` and replies with what it returns, or with the refusal that it throws. */
export async function makeReply(
  handle: () => Promise<object>,
  { requestId, render, httpVersion, report }: ReplySettings,
): Promise<HttpReply | HostsError> {
  const headers = { 'Cache-Control': 'no-store', 'X-Request-Id': requestId }
  try {
    return { status: 200, headers, body: await handle() }
  } catch (error) {
    if (!(error instanceof PartwayError)) return { error, headers }
    report(error)
    const { status, code, retryAfterSeconds } = error
    return {
      status,
      // Some clients show nothing but the reason phrase, which HTTP/2 does not have.
      reason: code,
      headers: {
        ...headers,
        // Where a load balancer distributes connections instead of requests, a retry would reach this server again.
        ...(httpVersion < 2 && code === 'shutting_down' && { Connection: 'close' }),
        ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
      },
      body: render(error.toBody(requestId)),
    }
  }
}

// What the proxy keeps of a request: for faults to choose by, and for tests to look at afterwards.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

export interface SeenRequest {
  readonly method: string
  /** As sent, not decoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** It has an `Origin` header, so a page sent it. */
  readonly fromPage: boolean
  readonly preflight: boolean
  /** The client's connection, counted from 1: equal numbers are requests on one connection. */
  readonly connection: number
  /** Name of the action that was applied, with its arguments. */
  fault: string | undefined
  /** Bytes of the body that the proxy has taken from the connection. */
  bodyBytesReceived: number
  /** Bytes of the body that went on to the target; when it was sent twice, of both. */
  bodyBytesForwarded: number
  /** Status that the client was answered with; undefined as long as there was no answer. */
  status: number | undefined
  /** Why the proxy broke the connection without being asked to: the target refused or closed it. */
  error: unknown
  /** `performance.now()` when its headers were there. */
  readonly startedAt: number
  /** `performance.now()` when the answer had been sent, or the connection was closed. */
  endedAt: number | undefined
}

export function describeRequest(incoming: IncomingMessage, connection: number): SeenRequest {
  const { method = 'GET', url = '/', headers } = incoming
  const [path = '/', query = ''] = url.split(/\?(.*)/s)
  return {
    method,
    path,
    query: new URLSearchParams(query),
    headers,
    fromPage: headers.origin !== undefined,
    preflight: method === 'OPTIONS' && headers['access-control-request-method'] !== undefined,
    connection,
    fault: undefined,
    bodyBytesReceived: 0,
    bodyBytesForwarded: 0,
    status: undefined,
    error: undefined,
    startedAt: performance.now(),
    endedAt: undefined,
  }
}

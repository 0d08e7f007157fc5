// The id of a request, for logs on both sides.
import { randomUUID } from 'node:crypto'
import type { HttpCall } from './adapter.js'

/** The `X-Request-Id` that a proxy sent, if it is safe to log; else a new UUID. */
export function readRequestId({ header }: Pick<HttpCall<unknown>, 'header'>): string {
  const sent = header('X-Request-Id')
  return /^[\w.:-]{1,64}$/.test(sent) ? sent : randomUUID()
}

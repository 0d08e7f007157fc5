// The id of a request, for logs on both sides.
import { randomUUID } from 'node:crypto'
import type { HttpCall } from './adapter.js'

/** What a proxy in front sent as `X-Request-Id`, if it is harmless in a log; else a new UUID. */
export function readRequestId({ header }: Pick<HttpCall<unknown>, 'header'>): string {
  const sent = header('X-Request-Id')
  return /^[\w.:-]{1,64}$/.test(sent) ? sent : randomUUID()
}

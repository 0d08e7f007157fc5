// The id of a request, for logs on both sides.
import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'

/** What a proxy in front sent as `X-Request-Id`, if it is harmless in a log; else a new UUID. */
export function readRequestId(ctx: Context): string {
  const sent = ctx.get('X-Request-Id')
  return /^[\w.:-]{1,64}$/.test(sent) ? sent : randomUUID()
}

// `GET /health`: anybody may ask, nobody is told more than a code.
import type { Context, Middleware } from 'koa'
import type { HealthReply } from '../protocol.js'

/** @param isClosing whether the server takes no new uploads any more */
export function createHealthRoute(
  checkHealth: (ctx: Context) => Promise<HealthReply>,
  isClosing: () => boolean,
): Middleware {
  return async (ctx) => {
    const reply = isClosing() ? SHUTTING_DOWN : await checkHealth(ctx)
    ctx.set('Cache-Control', 'no-store')
    ctx.status = reply.ok ? 200 : 503
    ctx.body = reply
  }
}

const SHUTTING_DOWN: HealthReply = { ok: false, code: 'shutting_down' }

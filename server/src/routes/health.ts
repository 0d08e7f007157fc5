// `GET /health`: anybody may ask, nobody is told more than codes.
import type { Context, Middleware } from 'koa'
import type { CheckHealth } from '../operations/check-health.js'
import type { HealthReply } from '../protocol.js'

/** @param isClosing whether the server takes no new uploads any more */
export function createHealthRoute(
  checkHealth: CheckHealth,
  isClosing: () => boolean,
  report: (ctx: Context, error: unknown) => void,
): Middleware {
  return async (ctx) => {
    const reply = isClosing() ? SHUTTING_DOWN : await checkHealth((error) => report(ctx, error))
    ctx.set('Cache-Control', 'no-store')
    ctx.status = reply.ok ? 200 : 503
    ctx.body = reply
  }
}

const SHUTTING_DOWN: HealthReply = {
  ok: false,
  checks: [{ name: 'server', ok: false, code: 'shutting_down' }],
}

// Breaks the app's upload routes, as a bad network or a server in trouble would.
import { setTimeout as delay } from 'node:timers/promises'
import type { Middleware } from 'koa'
import type { FaultSwitches } from './faults.js'

export function breakUploads(switches: FaultSwitches): Middleware {
  return async (ctx, next) => {
    const { serverDown, latencyMs } = switches.current
    if (latencyMs > 0 && !serverDown) await delay(latencyMs)
    const failure = serverDown ? 'cut' : switches.nextFailure()
    if (failure === 'none') return next()
    if (failure === 'cut') {
      ctx.respond = false
      ctx.req.socket.destroy()
      return
    }
    ctx.status = 503
    ctx.body = 'Broken on purpose.'
  }
}

// `/break-it`: the switches. Only on this machine, and only with the embedded store.
import Router from '@koa/router'
import type { Middleware } from 'koa'
import { requireVisitor } from '../people/require-visitor.js'
import { readBody } from '../read-body.js'
import { type FaultSwitches, FaultsSchema } from './faults.js'

const loopbackNames = ['localhost', '127.0.0.1']

/** @param killServer returns at once */
export function breakItRoutes(switches: FaultSwitches, killServer: () => void): Middleware {
  const router = new Router({ prefix: '/break-it' })
  router.use(async (ctx, next) => {
    // Another host name that resolves to this machine is not the demo's (DNS rebinding).
    if (!loopbackNames.includes(ctx.hostname)) ctx.throw(403, 'Open the demo as http://localhost.')
    requireVisitor(ctx)
    await next()
  })
  router.post('/', async (ctx) => {
    switches.set(await readBody(ctx, FaultsSchema))
    ctx.status = 204
  })
  router.post('/kill', (ctx) => {
    ctx.status = 202
    ctx.res.once('finish', killServer)
  })
  return router.routes() as Middleware
}

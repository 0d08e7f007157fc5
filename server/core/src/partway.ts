// The middleware: options in, one Koa middleware out.
import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { createFoundation } from './create-service.js'
import type { Route } from './http/call.js'
import { companionRoutes, stsRoute } from './http/companion.js'
import { checkOrigin, createCors } from './http/cross-origin.js'
import { type RenderError, reply, reportToHost } from './http/error-boundary.js'
import { createHealthRoute } from './http/health.js'
import { identifyMount, type Mount, readCalledPath } from './http/identify-mount.js'
import { InFlight } from './http/in-flight.js'
import { nativeRoutes } from './http/native.js'
import { readRequestId } from './http/request-id.js'
import { startCall } from './http/start-call.js'
import { codeOf } from './operations/check-health.js'
import type { FinishReport } from './operations/finish-uploads.js'
import type { PartwayOptions } from './options.js'
import type { HealthReply } from './protocol.js'
import { readUsage } from './quota/quota.js'
import type { QuotaUsage } from './quota/quota-store.js'
import { resolveOptions } from './resolve-options.js'
import { createFinisher } from './start-finisher.js'

export interface PartwayMiddleware extends Middleware {
  /**
   * For a graceful shutdown: refuses new calls with 503, stops the finisher, and resolves when what is under way is done.
   */
  close(): Promise<void>
  /**
   * One look at the journal, for hosts without a process that stays (`finishEverySeconds: 0`): call it every minute or so. The first
   * look of a process is at everything, each later one at what is due.
   *
   * @throws what S3 failed with, the signal's reason; TypeError where nothing tells which uploads are its own: before its first
   * request a mount needs the options `name` and `secrets`
   */
  finish(options?: { signal?: AbortSignal }): Promise<FinishReport>
  /**
   * What counts against an owner's quota now, for the host's own pages. `undefined`: there is no option `quota`.
   *
   * @throws PartwayError `quota_unavailable`; TypeError when `owner` is no text
   */
  quotaOf(owner: string): Promise<QuotaUsage | undefined>
}

/**
 * Koa middleware for browser uploads straight to S3. Mount it with `app.use`, in a router or under `koa-mount`;
 * requests that are not its own go on to `next()`.
 *
 * @throws TypeError when an option is missing, unknown or out of bounds
 */
export function partway(options: PartwayOptions): PartwayMiddleware {
  const resolved = resolveOptions(options)
  const { path, name, allowedOrigins, companion } = resolved
  const inFlight = new InFlight()
  const foundation = createFoundation(resolved)
  const { issueCredentials, findKeys } = foundation
  const finisher = createFinisher(resolved, foundation)
  const admit = (ctx: Context) => {
    inFlight.checkOpen()
    checkOrigin(ctx, allowedOrigins)
  }
  const meet = (ctx: Context, { place }: Mount) => finisher.meet(ctx.app, place)
  const calls = { options: resolved, foundation, admit, meet }
  const cors = createCors(allowedOrigins)
  const router = new Router(path === '/' ? {} : { prefix: path })

  const answer = ({ path: route, operation, handle }: Route, render: RenderError): Middleware => {
    const run: Middleware = async (ctx) => {
      const requestId = readRequestId(ctx)
      const startedAt = performance.now()
      const mount = identifyMount(ctx, route, name)
      await reply(ctx, { requestId, render }, () =>
        startCall(calls, operation, { ctx, requestId, startedAt, mount }, handle),
      )
    }
    return async (ctx, next) => await inFlight.run(ctx.res, async () => await cors(ctx, () => run(ctx, next)))
  }

  const add = (routes: Route[], render: RenderError): void => {
    for (const route of routes) router[route.method](route.path, answer(route, render))
    if (allowedOrigins.length === 0) return
    for (const preflighted of new Set(routes.map((route) => route.path))) router.options(preflighted, cors)
  }
  add(nativeRoutes, (error) => error)
  // `@uppy/aws-s3` 5.1.0 shows `message`.
  const sts = issueCredentials ? [stsRoute(issueCredentials)] : []
  add([...(companion ? companionRoutes : []), ...sts], (error) => ({ ...error, message: error.error }))

  const checkHealth = async (ctx: Context): Promise<HealthReply> => {
    const report = (error: unknown) => reportToHost(ctx, error)
    try {
      await findKeys(ctx.app)
      return await foundation.checkS3(report)
    } catch (error) {
      report(error)
      return { ok: false, code: codeOf(error) }
    }
  }
  const health = createHealthRoute(checkHealth, () => inFlight.isClosing)
  router.get('/health', (ctx, next) => {
    // At the root, it is the host's own.
    if (readCalledPath(ctx) === '/health') return next()
    return inFlight.run(ctx.res, async () => await health(ctx, next))
  })

  const close = async (): Promise<void> => {
    await Promise.all([inFlight.close(), finisher.stop()])
    foundation.release()
  }
  const quotaOf = async (owner: string) => resolved.quota && (await readUsage(resolved.quota, owner))
  const routes = router.routes() as Middleware
  let hasSeenApp = false
  const middleware: Middleware = (ctx, next) =>
    routes(ctx, async () => {
      // Koa shows its app, and so `app.keys`, with a request only: the first tells, whatever it is for.
      if (!hasSeenApp) void findKeys(ctx.app).catch((error: unknown) => reportToHost(ctx, error))
      finisher.meet(ctx.app, undefined)
      hasSeenApp = true
      return await next()
    })
  // Koa routers that this is nested in find the routes through its `router` property.
  const finish = async ({ signal }: { signal?: AbortSignal } = {}) => await finisher.finish(signal)
  return Object.assign(middleware, { router, close, finish, quotaOf })
}

// The middleware: options in, one Koa middleware out.
import Router from '@koa/router'
import { createUploadServer, type PartwayOptions as Options, type Uploads } from '@partway/server'
import type Koa from 'koa'
import type { Context, DefaultState, Middleware, ParameterizedContext } from 'koa'
import { readCall, sendReply } from './koa-call.js'

/** @typeParam State the type of `ctx.state`. @typeParam Result what `onComplete` returns */
export type PartwayOptions<State = DefaultState, Result = unknown> = Options<
  ParameterizedContext<State>,
  Result
>

/** @typeParam Result what `onComplete` returns */
export interface PartwayMiddleware<Result = unknown> extends Middleware, Uploads<Result> {}

/**
 * Koa middleware for browser uploads straight to S3. Mount it with `app.use`, in a router or under `koa-mount`;
 * it passes other requests on to `next()`.
 *
 * @typeParam State the type of `ctx.state`; also inferred from `owner: (ctx: ParameterizedContext<State>) => …`
 * @throws TypeError if an option is missing, unknown or out of bounds
 */
export function partway<State = DefaultState, Result = unknown>(
  options: PartwayOptions<State, Result>,
): PartwayMiddleware<Result> {
  // Koa gives access to its app, and so `app.keys`, only with a request.
  let app: Koa | undefined
  const server = createUploadServer<ParameterizedContext<State>, Result>(options, {
    secrets: { name: 'app.keys', read: () => app && { secrets: app.keys } },
    report(error, ctx) {
      if (ctx) ctx.app.emit('error', error, ctx)
      else if (app) app.emit('error', error)
      else process.emitWarning(error)
    },
  })
  const router = new Router(server.path === '/' ? {} : { prefix: server.path })
  for (const { method, path, handle } of server.routes) {
    router[method](path, async (ctx: Context, next) => {
      app ??= ctx.app
      const reply = await handle(readCall(ctx, path))
      if (!reply) return await next()
      sendReply(ctx, reply)
    })
  }

  const routes = router.routes() as Middleware
  let isChecked = false
  const middleware: Middleware = (ctx, next) =>
    routes(ctx, async () => {
      // The first request gives access to the app, whatever it is for.
      app ??= ctx.app
      if (!isChecked) void server.checkSecrets(ctx)
      isChecked = true
      return await next()
    })
  const { close, finish, quotaOf } = server
  // An outer Koa router finds the routes through the `router` property.
  return Object.assign(middleware, { router, close, finish, quotaOf })
}

// The error log of both Koa apps: what failed here, and not what a client did wrong or that it went away.
import type Koa from 'koa'

/** In place of Koa's own log, which also tells of every page that is closed in the middle of a reply. */
export function logErrors(app: Koa): void {
  app.on('error', (error: { expose?: boolean }, ctx?: Koa.Context) => {
    const clientIsGone = ctx?.res.closed && !ctx.res.writableFinished
    if (!error.expose && !clientIsGone && !ctx?.req.socket.destroyed) console.error(error)
  })
}

// The error log: failures of the store, not disconnects.
import type Koa from 'koa'

/** Replaces Koa's own log, which also reports every client that is gone during a reply. */
export function logErrors(app: Koa): void {
  app.on('error', (error: unknown, ctx?: Koa.Context) => {
    const clientIsGone = ctx?.res.closed && !ctx.res.writableFinished
    if (!clientIsGone && !ctx?.req.socket.destroyed) console.error(error)
  })
}

// The app's error log: failures of the server, not client errors or disconnects.
import type Koa from 'koa'

/** Replaces Koa's own log, which also reports every page that is closed during a reply. */
export function logErrors(app: Koa): void {
  app.on('error', (error: { expose?: boolean }, ctx?: Koa.Context) => {
    const clientIsGone = ctx?.res.closed && !ctx.res.writableFinished
    if (!error.expose && !clientIsGone && !ctx?.req.socket.destroyed) console.error(error)
  })
}

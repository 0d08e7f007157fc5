// Turns Koa's request into the server's call, and the server's reply into Koa's response.
import { finished } from 'node:stream/promises'
import type { HostsError, HttpCall, HttpReply } from '@partway/server'
import type { Context } from 'koa'
import { readCalledPath, readMount } from './read-mount.js'

interface Parsed {
  body?: unknown
}

/** @param route the router's path, without the mount */
export function readCall(ctx: Context, route: string): HttpCall<Context> {
  return {
    context: ctx,
    path: readCalledPath(ctx),
    mount: readMount(ctx, route),
    params: ctx.params,
    query: ctx.query,
    header: (name) => ctx.get(name),
    host: ctx.host,
    httpVersion: ctx.req.httpVersionMajor,
    body: findBody(ctx),
    signal: signalWhenGone(ctx),
    untilSent: () => finished(ctx.res),
  }
}

function findBody({ req, request }: Context): HttpCall<Context>['body'] {
  // Koa's parsers leave the body on Koa's request, Express's on Node's. Express 4 leaves an empty object there for a body
  // that none of its parsers has read.
  const readByExpress = req.readableEnded ? (req as Parsed).body : undefined
  const { body = readByExpress } = request as Parsed
  return body === undefined ? { stream: req } : { parsed: body }
}

function signalWhenGone({ res }: Context): AbortSignal {
  const gone = new AbortController()
  res.once('close', () => {
    if (!res.writableFinished) gone.abort()
  })
  return gone.signal
}

/** @throws the host's error */
export function sendReply(ctx: Context, reply: HttpReply | HostsError): void {
  const { Vary: vary, ...headers } = reply.headers
  if (vary !== undefined) ctx.vary(vary)
  ctx.set(headers)
  if ('error' in reply) throw keepCors(reply)
  ctx.status = reply.status
  if (reply.reason !== undefined && ctx.req.httpVersionMajor < 2) ctx.message = reply.reason
  if (reply.body !== undefined) ctx.body = reply.body
}

/** Koa's error reply has only the error's headers: without CORS there, pages of other sites could not read it. */
function keepCors({ error, headers }: HostsError): unknown {
  if (!headers['Access-Control-Allow-Origin'] || typeof error !== 'object' || error === null) return error
  const cors = Object.entries(headers).filter(([name]) => /^(Access-Control-|Vary$)/.test(name))
  const own = 'headers' in error && typeof error.headers === 'object' ? error.headers : {}
  return Object.assign(error, { headers: { ...own, ...Object.fromEntries(cors) } })
}

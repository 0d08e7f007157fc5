// Pages of other sites: those that the host lists get CORS headers, all others are refused.
import cors from '@koa/cors'
import type { Context, Middleware } from 'koa'
import { PartwayError } from '../errors.js'

/** Answers preflights and lets pages on `allowedOrigins` read replies. */
export function createCors(allowedOrigins: readonly string[]): Middleware {
  return cors({
    origin: (ctx) => (allowedOrigins.includes(ctx.get('Origin')) ? ctx.get('Origin') : ''),
    credentials: true,
    allowMethods: 'GET,POST,DELETE',
    exposeHeaders: 'Retry-After,X-Request-Id',
    // What Chromium keeps a preflight for at most.
    maxAge: 7200,
  })
}

/**
 * Refuses what a page of another site makes a browser send, with the user's cookies or not. Browsers say so
 * themselves (Fetch Metadata); without that, an `Origin` has to be the app's own. Other clients send neither.
 *
 * @throws PartwayError `origin_refused`
 */
export function checkOrigin(ctx: Context, allowedOrigins: readonly string[]): void {
  const origin = ctx.get('Origin')
  const site = ctx.get('Sec-Fetch-Site')
  if (allowedOrigins.includes(origin)) return
  const isOwn =
    site === '' ? origin === '' || hostOf(origin) === ctx.host : ['same-origin', 'none'].includes(site)
  if (isOwn) return
  const from = URL.canParse(origin) ? new URL(origin).origin : 'another site'
  throw new PartwayError('origin_refused', `Pages of ${from} may not upload here. See option allowedOrigins.`)
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

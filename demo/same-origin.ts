// What changes something is taken from the demo's own page only: not from other sites, which could make a browser send
// it with its cookies (CSRF).
import type { Middleware } from 'koa'

/**
 * Browsers say where a request comes from (Fetch Metadata); without that, `Origin` has to be this app's.
 * https://developer.mozilla.org/docs/Glossary/Fetch_metadata_request_header
 */
export const sameOriginOnly: Middleware = async (ctx, next) => {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
    const site = ctx.get('Sec-Fetch-Site')
    const isOwn = site ? site === 'same-origin' : hostOf(ctx.get('Origin')) === ctx.host
    if (!isOwn) ctx.throw(403, 'Only the demo’s own page may do this.')
  }
  await next()
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

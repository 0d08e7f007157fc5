// Accepts requests that change something only from the demo's own page: another site could make a browser send them with
// its cookies (CSRF).
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

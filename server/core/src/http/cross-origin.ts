// Pages of other sites: those that the host lists get CORS headers, all others are refused.
import { PartwayError } from '../errors.js'
import type { HttpCall, HttpReply } from './adapter.js'

type Headers = HttpReply['headers']
type Asked = Pick<HttpCall<unknown>, 'header'>

/** Headers that let pages on `allowedOrigins` read replies. */
export function corsHeaders(call: Asked, allowedOrigins: readonly string[]): Headers {
  return {
    Vary: 'Origin',
    ...(isAllowed(call, allowedOrigins) && {
      ...allowHeaders(call),
      'Access-Control-Expose-Headers': 'Retry-After,X-Request-Id',
    }),
  }
}

/** @returns `undefined` if it is not a preflight, or its page is not allowed */
export function answerPreflight(call: Asked, allowedOrigins: readonly string[]): HttpReply | undefined {
  if (!isAllowed(call, allowedOrigins) || call.header('Access-Control-Request-Method') === '')
    return undefined
  const asked = call.header('Access-Control-Request-Headers')
  const headers = {
    Vary: 'Origin',
    ...allowHeaders(call),
    'Access-Control-Allow-Methods': 'GET,POST,DELETE',
    // The longest that Chromium caches a preflight.
    'Access-Control-Max-Age': '7200',
    ...(asked !== '' && { 'Access-Control-Allow-Headers': asked }),
  }
  return { status: 204, headers }
}

/**
 * Refuses requests that a page of another site makes a browser send, with the user's cookies or without. Browsers report this
 * themselves (Fetch Metadata); without that, an `Origin` has to be the app's own. Other clients send neither.
 *
 * @throws PartwayError `origin_refused`
 */
export function checkOrigin(
  call: Pick<HttpCall<unknown>, 'header' | 'host'>,
  allowedOrigins: readonly string[],
): void {
  const origin = call.header('Origin')
  const site = call.header('Sec-Fetch-Site')
  if (isAllowed(call, allowedOrigins)) return
  const isOwn =
    site === '' ? origin === '' || hostOf(origin) === call.host : ['same-origin', 'none'].includes(site)
  if (isOwn) return
  const from = URL.canParse(origin) ? new URL(origin).origin : 'another site'
  throw new PartwayError('origin_refused', `Pages of ${from} may not upload here. See option allowedOrigins.`)
}

function isAllowed(call: Asked, allowedOrigins: readonly string[]): boolean {
  return allowedOrigins.includes(call.header('Origin'))
}

function allowHeaders(call: Asked): Headers {
  return {
    'Access-Control-Allow-Origin': call.header('Origin'),
    'Access-Control-Allow-Credentials': 'true',
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

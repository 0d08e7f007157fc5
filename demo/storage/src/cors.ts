// CORS: finds the bucket's rule that allows a page, and sets the headers for the browser.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
import { S3Error } from './s3-error.js'
import { header, type S3Request, type S3Response } from './s3-request.js'
import type { CorsRule } from './state/records.js'

const vary = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method'

/** The reply to a preflight. @throws S3Error AccessForbidden if no rule allows what the browser asks for */
export function preflight(request: S3Request): S3Response {
  const origin = header(request, 'origin')
  const method = header(request, 'access-control-request-method')
  if (origin === undefined) {
    throw new S3Error('BadRequest', 'Insufficient information. Origin request header needed.')
  }
  const rules = request.buckets.find(request.bucketName)?.record.corsRules
  if (!rules) throw new S3Error('AccessForbidden', 'CORSResponse: CORS is not enabled for this bucket.')
  if (method === undefined) {
    throw new S3Error('BadRequest', 'Invalid Access-Control-Request-Method: null')
  }
  const requested = (header(request, 'access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean)
  const rule = rules.find(
    (rule) =>
      allowedOrigin(rule, origin) !== undefined &&
      rule.allowedMethods.includes(method) &&
      requested.every((name) => rule.allowedHeaders.some((pattern) => matches(pattern.toLowerCase(), name))),
  )
  if (!rule) {
    throw new S3Error(
      'AccessForbidden',
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
      { Method: method, ResourceType: request.key ? 'OBJECT' : 'BUCKET' },
    )
  }
  const headers = describeRule(rule, origin)
  if (requested.length > 0) headers['access-control-allow-headers'] = requested.join(', ')
  return { status: 200, headers }
}

/** The CORS headers of an actual reply, even of an error: none unless a rule matches origin and method. */
export function corsHeaders(request: S3Request): Record<string, string> {
  const origin = header(request, 'origin')
  // S3 goes by it even where the request is no preflight.
  const method = header(request, 'access-control-request-method') ?? request.method
  const rules = request.buckets.find(request.bucketName)?.record.corsRules
  if (!rules) return {}
  const rule =
    origin === undefined
      ? undefined
      : rules.find(
          (rule) => allowedOrigin(rule, origin) !== undefined && rule.allowedMethods.includes(method),
        )
  // Without it a cache could give one origin's reply to another.
  return rule && origin !== undefined ? describeRule(rule, origin) : { vary }
}

function describeRule(rule: CorsRule, origin: string): Record<string, string> {
  const isForAll = allowedOrigin(rule, origin) === '*'
  return {
    'access-control-allow-origin': isForAll ? '*' : origin,
    'access-control-allow-methods': rule.allowedMethods.join(', '),
    ...(!isForAll && { 'access-control-allow-credentials': 'true' }),
    ...(rule.exposeHeaders.length > 0 && { 'access-control-expose-headers': rule.exposeHeaders.join(', ') }),
    ...(rule.maxAgeSeconds !== undefined && { 'access-control-max-age': `${rule.maxAgeSeconds}` }),
    vary,
  }
}

function allowedOrigin(rule: CorsRule, origin: string): string | undefined {
  return rule.allowedOrigins.find((pattern) => matches(pattern, origin))
}

function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === text
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)]
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after)
}

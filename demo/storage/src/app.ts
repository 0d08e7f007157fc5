// The Koa app: from HTTP to an operation and back, with S3's error documents, and CORS headers on every reply.
import { randomBytes } from 'node:crypto'
import { finished } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import Koa from 'koa'
import { corsHeaders, preflight } from './cors.js'
import { findOperation } from './find-operation.js'
import { logErrors } from './log-errors.js'
import { postObject } from './operations/post-object.js'
import { NotModified } from './operations/read-conditions.js'
import { S3Error } from './s3-error.js'
import { checkKey, header, parseTarget, type S3Request, type S3Response } from './s3-request.js'
import { type Account, authenticate } from './signatures/authenticate.js'
import type { Buckets } from './state/buckets.js'
import { renderDocument } from './xml.js'

/** @param domains A subdomain of one is a bucket. */
export function createApp(buckets: Buckets, account: Account, domains: readonly string[]): Koa {
  const app = new Koa()
  logErrors(app)
  app.use(async (ctx) => {
    const requestId = randomBytes(8).toString('hex').toUpperCase()
    ctx.set({
      server: 'Partway',
      'x-amz-request-id': requestId,
      'x-amz-id-2': randomBytes(32).toString('base64'),
    })
    let request: S3Request | undefined
    let response: S3Response
    try {
      request = {
        ...parseTarget(ctx.req.url ?? '', ctx.req.headers.host ?? '', domains),
        method: ctx.method,
        message: ctx.req,
        payloadHash: 'UNSIGNED-PAYLOAD',
        buckets,
      }
      response = await answer(request, account)
    } catch (error) {
      response = describeError(error, ctx, requestId)
    }
    if (request && request.method !== 'OPTIONS') ctx.set(corsHeaders(request))
    await send(ctx, response)
  })
  return app
}

async function answer(request: S3Request, account: Account): Promise<S3Response> {
  if (request.method === 'OPTIONS') return preflight(request)
  checkKey(request.key)
  if (isForm(request)) return postObject(request, account)
  const payloadHash = authenticate(request, account)
  return findOperation(request)({ ...request, payloadHash })
}

function isForm(request: S3Request): boolean {
  return (
    request.method === 'POST' &&
    request.key === '' &&
    (header(request, 'content-type') ?? '').startsWith('multipart/form-data')
  )
}

function describeError(error: unknown, ctx: Koa.Context, requestId: string): S3Response {
  if (error instanceof NotModified) return { status: 304, headers: error.headers }
  const known = error instanceof S3Error ? error : new S3Error('InternalError')
  if (known !== error) ctx.app.emit('error', error, ctx)
  return {
    status: known.status,
    headers: { 'content-type': 'application/xml' },
    body: renderDocument('Error', {
      Code: known.code,
      Message: known.message,
      ...known.details,
      Resource: ctx.path,
      RequestId: requestId,
      HostId: 'partway',
    }),
  }
}

async function send(ctx: Koa.Context, { status, headers, body }: S3Response): Promise<void> {
  ctx.set(headers)
  if (body !== undefined && typeof body !== 'string') {
    ctx.respond = false
    ctx.res.statusCode = status
    await pipeline(body, ctx.res)
    return
  }
  ctx.respond = false
  ctx.res.statusCode = status
  if (ctx.method !== 'HEAD' && status !== 204 && status !== 304) {
    ctx.res.setHeader('content-length', Buffer.byteLength(body ?? ''))
  }
  if (ctx.req.complete) {
    ctx.res.end(ctx.method === 'HEAD' ? undefined : body)
    return
  }
  // The reply's end may close the connection: a client that is still sending would not read why it was refused.
  ctx.res.write(body ?? '')
  ctx.req.resume()
  finished(ctx.req, { writable: false }, () => ctx.res.end())
}

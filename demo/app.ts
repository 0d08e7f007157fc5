// The demo's host app: an ordinary Koa app that mounts the middleware and serves the page.
import { randomUUID } from 'node:crypto'
import type { S3Client } from '@aws-sdk/client-s3'
import { send } from '@koa/send'
import { partway } from '@partway/koa'
import Koa, { type Middleware } from 'koa'
import { logErrors } from './log-errors.js'

export interface AppOptions {
  client: S3Client
  bucket: string
  /** The origin that part and form URLs point to, for the Content-Security-Policy. */
  uploadOrigin: string
  /** Signs the visitor cookie and the upload tickets; at least 32 characters. */
  secret: string
  /** The built page. */
  siteFolder: string
}

export interface DemoApp {
  app: Koa
  /** Resolves when the calls under way are answered; new ones are refused. */
  close(): Promise<void>
}

export function createApp({ client, bucket, uploadOrigin, secret, siteFolder }: AppOptions): DemoApp {
  const app = new Koa()
  const uploads = partway({
    client,
    bucket,
    owner: (ctx) => ctx.cookies.get('visitor', { signed: true }),
    unfinished: true,
  })
  app.keys = [secret]
  logErrors(app)
  app.use(securityHeaders(uploadOrigin))
  app.use(uploads)
  app.use(visitorCookie)
  app.use(page(siteFolder))
  return { app, close: () => uploads.close() }
}

/** Whoever opens the page is somebody: each browser gets an identity of its own, which owns its uploads. */
const visitorCookie: Middleware = async (ctx, next) => {
  if (!ctx.cookies.get('visitor', { signed: true })) {
    // For as long as unfinished uploads can be continued, and longer.
    const maxAge = 30 * 24 * 60 * 60 * 1000
    ctx.cookies.set('visitor', randomUUID(), { signed: true, httpOnly: true, sameSite: 'lax', maxAge })
  }
  await next()
}

function securityHeaders(uploadOrigin: string): Middleware {
  const policy = [
    "default-src 'self'",
    `connect-src 'self' ${uploadOrigin}`,
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
  return async (ctx, next) => {
    ctx.set('Content-Security-Policy', policy)
    ctx.set('X-Content-Type-Options', 'nosniff')
    ctx.set('Referrer-Policy', 'same-origin')
    await next()
  }
}

function page(folder: string): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next()
    await send(ctx, ctx.path, { root: folder, index: 'index.html' })
  }
}

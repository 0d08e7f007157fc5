// The demo's host app: an ordinary Koa app that mounts the middleware, the demo's own routes and the page.
import type { S3Client } from '@aws-sdk/client-s3'
import { send } from '@koa/send'
import Koa, { type Middleware } from 'koa'
import type { BreakIt } from './break-it/break-it.js'
import { Library } from './library/library.js'
import { libraryRoutes } from './library/library-routes.js'
import type { Live } from './live.js'
import { logErrors } from './log-errors.js'
import { requireVisitor } from './people/require-visitor.js'
import { sessionRoutes } from './people/session-routes.js'
import { recognizeVisitor } from './people/visitor.js'
import { sameOriginOnly } from './same-origin.js'
import { securityHeaders } from './security-headers.js'
import { createUploads } from './uploads.js'

export interface AppOptions {
  client: S3Client
  bucket: string
  /** The origin that part and form URLs point to, for the Content-Security-Policy. */
  uploadOrigin: string
  /** Signs the visitor cookie and the upload tickets; at least 32 characters. */
  secret: string
  /** The built page. */
  siteFolder: string
  /** Limit per person. */
  uploadsPerDay: number
  live: Live
  /** `undefined`: no faults can be switched on, because S3 is a real one. */
  breakIt: BreakIt | undefined
}

export interface DemoApp {
  app: Koa
  /** Refuses new calls; resolves when those in flight are answered. */
  close(): Promise<void>
}

export function createApp(options: AppOptions): DemoApp {
  const { client, bucket, uploadOrigin, secret, siteFolder, uploadsPerDay, live, breakIt } = options
  const describeQuota = async (owner: string) => {
    const usage = await uploads.quotaOf(owner)
    return { used: usage?.files ?? 0, limit: uploadsPerDay }
  }
  const tellQuota = async (owner: string) => live.tell(owner, 'quota', await describeQuota(owner))
  const tellLibrary = (owner: string) => live.tell(owner, 'library', {})
  const stopGreeting = live.greet(async (owner, tell) => tell('quota', await describeQuota(owner)))
  const uploads = createUploads({
    client,
    bucket,
    uploadsPerDay,
    onQuotaChanged: tellQuota,
    onStored: tellLibrary,
  })

  const app = new Koa()
  app.keys = [secret]
  logErrors(app)
  app.use(securityHeaders(uploadOrigin))
  for (const middleware of breakIt?.inFrontOfUploads() ?? []) app.use(onlyFor('/uploads/', middleware))
  app.use(uploads)
  app.use(sameOriginOnly)
  app.use(sessionRoutes({ canBreak: breakIt !== undefined }))
  app.use(libraryRoutes(new Library(client, bucket), tellLibrary))
  if (breakIt) app.use(breakIt.routes())
  app.use(onlyFor('/live', async (ctx) => live.open(ctx, requireVisitor(ctx))))
  app.use(recognizeVisitor)
  app.use(page(siteFolder))
  return {
    app,
    async close() {
      stopGreeting()
      await uploads.close()
    },
  }
}

function onlyFor(path: string, middleware: Middleware): Middleware {
  const isFor = (asked: string) => (path.endsWith('/') ? asked.startsWith(path) : asked === path)
  return (ctx, next) => (isFor(ctx.path) ? middleware(ctx, next) : next())
}

function page(folder: string): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next()
    // The page shows sources, and does not run them.
    if (ctx.path.endsWith('.ts')) ctx.type = 'text/plain'
    await send(ctx, ctx.path, { root: folder, index: 'index.html' })
  }
}

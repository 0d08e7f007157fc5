// Watches the calls to the upload routes for new uploads, and for parts that are being signed.
import { bodyParser } from '@koa/bodyparser'
import type {
  CreateReply,
  PartsReply,
  PartsRequest,
  SignRequest,
  TicketsRequest,
} from '@partway/server/protocol'
import type { Context, Middleware } from 'koa'
import type { PartsWatch } from './parts-watch.js'

const parseJson = bodyParser({ enableTypes: ['json'], jsonLimit: '1mb' })

/** Runs before the middleware, which accepts a parsed body. */
export function watchCalls(watch: PartsWatch): Middleware {
  return async (ctx, next) => {
    await parseJson(ctx, async () => {})
    const route = ctx.path.replace(/^\/uploads\//, '')
    const signing = route === 'sign' ? readRequest<SignRequest>(ctx) : undefined
    const upload = watch.find(signing?.ticket ?? '')
    const numbers = signing?.parts?.map(({ partNumber }) => partNumber) ?? []
    upload?.setSigning(numbers, true)
    if (upload) watch.changed(upload)
    await next()
    upload?.setSigning(numbers, false)
    if (ctx.status === 200) learn(ctx, route, watch)
  }
}

function learn(ctx: Context, route: string, watch: PartsWatch): void {
  if (route === 'create') {
    for (const grant of (ctx.body as CreateReply).uploads) {
      if ('kind' in grant && grant.kind === 'multipart') watch.begin(grant.ticket, grant.key, grant.partCount)
    }
  }
  if (route === 'parts') {
    const upload = watch.find(readRequest<PartsRequest>(ctx).ticket ?? '')
    for (const { partNumber } of (ctx.body as PartsReply).parts) upload?.set(partNumber, 'done')
    if (upload) watch.changed(upload)
  }
  if (route === 'complete') {
    for (const ticket of readRequest<TicketsRequest>(ctx).tickets ?? []) {
      watch.complete(watch.find(ticket)?.key ?? '')
    }
  }
  // The Companion routes, used by the race's other lane, name the upload by its key.
  if (/^s3\/multipart\/[^/]+\/complete$/.test(route)) watch.complete(String(ctx.query.key))
  if (route === 'abort')
    for (const ticket of readRequest<TicketsRequest>(ctx).tickets ?? []) watch.forget(ticket)
}

// Only valid requests get a 200; in others any field may be missing.
function readRequest<T>(ctx: Context): Partial<T> {
  return (ctx.request.body ?? {}) as Partial<T>
}

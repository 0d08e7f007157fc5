// `/library`: the signed-in person's objects. Another person's object gets the same answer as a missing one.
import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { z } from 'zod'
import { requireVisitor } from '../people/require-visitor.js'
import { readBody } from '../read-body.js'
import type { Library } from './library.js'
import { KeySchema } from './own-key.js'

/** How many objects are described. */
const LimitSchema = z.coerce.number().int().min(1).max(100_000).default(100)

const DeleteSchema = z.strictObject({ key: KeySchema })

/** @param tellChange makes the owner's pages reload the list */
export function libraryRoutes(library: Library, tellChange: (owner: string) => void): Middleware {
  const router = new Router({ prefix: '/library' })
  router.get('/', async (ctx) => {
    ctx.body = await library.list(requireVisitor(ctx), readLimit(ctx))
  })
  router.get('/download', async (ctx) => {
    redirect(ctx, await library.downloadUrl(requireVisitor(ctx), readKey(ctx)))
  })
  router.get('/preview', async (ctx) => {
    redirect(ctx, await library.previewUrl(requireVisitor(ctx), readKey(ctx)))
  })
  router.get('/sha256', async (ctx) => {
    const sha256 = await library.sha256(requireVisitor(ctx), readKey(ctx))
    if (!sha256) notThere(ctx)
    ctx.body = { sha256 }
  })
  router.post('/delete', async (ctx) => {
    const owner = requireVisitor(ctx)
    const { key } = await readBody(ctx, DeleteSchema)
    if (!(await library.delete(owner, key))) notThere(ctx)
    tellChange(owner)
    ctx.status = 204
  })
  return router.routes() as Middleware
}

function readLimit(ctx: Context): number {
  const { success, data } = LimitSchema.safeParse(ctx.query.limit)
  if (!success) ctx.throw(400, 'limit must be a number from 1 to 100000.')
  return data
}

function readKey(ctx: Context): string {
  const { success, data } = KeySchema.safeParse(ctx.query.key)
  if (!success) ctx.throw(400, 'key must be the key of an upload.')
  return data
}

function redirect(ctx: Context, url: string | undefined): void {
  if (!url) notThere(ctx)
  // Each URL is valid for a short time only.
  ctx.set('Cache-Control', 'no-store')
  ctx.redirect(url)
}

function notThere(ctx: Context): never {
  ctx.throw(404, 'You have no such object.')
}

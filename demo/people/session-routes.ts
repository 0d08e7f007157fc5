// `/session`: who is signed in, what the page needs to know about it, and signing in as another person.
import Router from '@koa/router'
import type { Middleware } from 'koa'
import { z } from 'zod'
import { readBody } from '../read-body.js'
import { requireVisitor } from './require-visitor.js'
import { PersonSchema, personOf, signIn } from './visitor.js'

const SignInSchema = z.strictObject({ as: PersonSchema })

export interface SessionOptions {
  /** Whether faults can be switched on. */
  canBreak: boolean
}

export function sessionRoutes({ canBreak }: SessionOptions): Middleware {
  const router = new Router({ prefix: '/session' })
  router.get('/', (ctx) => {
    const owner = requireVisitor(ctx)
    ctx.body = { owner, person: personOf(owner), canBreak }
  })
  router.post('/', async (ctx) => {
    requireVisitor(ctx)
    signIn(ctx, (await readBody(ctx, SignInSchema)).as)
    ctx.status = 204
  })
  return router.routes() as Middleware
}

// Guards all of the demo's own routes.
import type { Context } from 'koa'
import { visitorOf } from './visitor.js'

/** @throws 401 for a browser that has not opened the page. */
export function requireVisitor(ctx: Context): string {
  const visitor = visitorOf(ctx)
  if (!visitor) ctx.throw(401, 'Open the page first.')
  return visitor
}

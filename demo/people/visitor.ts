// Who uses the demo: Ada, Linus or a guest, as a signed cookie says. It stands in for an app's own sign-in.
import { randomUUID } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { z } from 'zod'

/** Whom a browser can sign in as. A guest is somebody else in each browser. */
export const PersonSchema = z.enum(['ada', 'linus', 'guest'])
export type Person = z.infer<typeof PersonSchema>

const VISITOR = 'visitor'
const GUEST = 'guest'
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The one who owns this browser's uploads; `undefined` for whoever has not opened the page. */
export function visitorOf(ctx: Context): string | undefined {
  const visitor = ctx.cookies.get(VISITOR, { signed: true })
  return visitor && (visitor === 'ada' || visitor === 'linus' || uuid.test(visitor)) ? visitor : undefined
}

export function personOf(visitor: string): Person {
  return visitor === 'ada' || visitor === 'linus' ? visitor : 'guest'
}

/** Whoever opens the page is somebody: each browser gets an identity of its own, which owns its uploads. */
export const recognizeVisitor: Middleware = async (ctx, next) => {
  if (!visitorOf(ctx)) signIn(ctx, 'guest')
  await next()
}

/** A browser that goes back to being a guest is the same guest as before. */
export function signIn(ctx: Context, person: Person): void {
  keep(ctx, VISITOR, person === 'guest' ? rememberGuest(ctx) : person)
}

function rememberGuest(ctx: Context): string {
  const known = ctx.cookies.get(GUEST, { signed: true })
  const guest = known && uuid.test(known) ? known : randomUUID()
  keep(ctx, GUEST, guest)
  return guest
}

function keep(ctx: Context, name: string, value: string): void {
  // For as long as unfinished uploads can be continued, and longer.
  const maxAge = 30 * 24 * 60 * 60 * 1000
  ctx.cookies.set(name, value, { signed: true, httpOnly: true, sameSite: 'lax', maxAge })
}

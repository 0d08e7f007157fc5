// The demo's user: Ada, Linus or a guest, named by a signed cookie. Stands in for an app's own sign-in.
import { randomUUID } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { z } from 'zod'

/** The people to sign in as. Each browser has its own guest. */
export const PersonSchema = z.enum(['ada', 'linus', 'guest'])
export type Person = z.infer<typeof PersonSchema>

const VISITOR = 'visitor'
const GUEST = 'guest'
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The owner of this browser's uploads; `undefined` before it has opened the page. */
export function visitorOf(ctx: Context): string | undefined {
  const visitor = ctx.cookies.get(VISITOR, { signed: true })
  return visitor && (visitor === 'ada' || visitor === 'linus' || uuid.test(visitor)) ? visitor : undefined
}

export function personOf(visitor: string): Person {
  return visitor === 'ada' || visitor === 'linus' ? visitor : 'guest'
}

/** Signs each browser that opens the page in as a guest, who owns its uploads. */
export const recognizeVisitor: Middleware = async (ctx, next) => {
  // Not for the page's scripts: one that loads later must not make somebody else of a person whose cookies are gone.
  if (ctx.path === '/' && !visitorOf(ctx)) signIn(ctx, 'guest')
  await next()
}

/** A browser that signs in as a guest again gets the same guest. */
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
  // Longer than unfinished uploads can be resumed.
  const maxAge = 30 * 24 * 60 * 60 * 1000
  ctx.cookies.set(name, value, { signed: true, httpOnly: true, sameSite: 'lax', maxAge })
}

// From options to what one request works with.
import type { Context } from 'koa'
import type { Foundation } from '../create-service.js'
import type { ResolvedOptions } from '../resolve-options.js'
import { allowUpload } from '../rules/authorize.js'
import { openSession } from '../tickets/session.js'
import type { Call } from './call.js'
import { signalWhenGone } from './client-gone.js'
import { reportToHost } from './error-boundary.js'
import type { Mount } from './identify-mount.js'

export interface CallRequest {
  ctx: Context
  requestId: string
  /** `performance.now()` at its start. */
  startedAt: number
  mount: Mount
}

/** What all calls of a middleware have in common. */
export interface Calls {
  options: ResolvedOptions
  foundation: Foundation
  /** @throws what speaks against the request, before anyone is asked who sent it */
  admit(ctx: Context): void
  /** Somebody who may upload has called here. */
  meet(ctx: Context, mount: Mount): void
}

/** @throws PartwayError `not_signed_in`, or what `handle` throws */
export async function startCall(
  { options, foundation, admit, meet }: Calls,
  operation: string,
  { ctx, mount, ...request }: CallRequest,
  handle: (call: Call) => Promise<object>,
): Promise<object> {
  const run = { ...request, ctx, by: 'page', report: (error: unknown) => reportToHost(ctx, error) } as const
  const { operate } = foundation.observe(run)
  return await operate(operation, async (subject) => {
    admit(ctx)
    const keys = await foundation.findKeys(ctx.app)
    const session = await openSession(ctx, options, { keys: keys.tickets, mount })
    meet(ctx, mount)
    const service = foundation.createService(run, keys, signalWhenGone(ctx), { owner: session.owner, mount })
    return await handle({
      ctx,
      requestId: request.requestId,
      options,
      service,
      session,
      operate,
      subject,
      allow: (file) => allowUpload(ctx, options, session, file),
    })
  })
}

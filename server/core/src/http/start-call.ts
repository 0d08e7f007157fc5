// Sets up one request: admits it, finds its owner, and creates its service.

import { signalWhenGone } from '../client-gone.js'
import type { Foundation } from '../create-service.js'
import type { ResolvedOptions } from '../resolve-options.js'
import { allowUpload } from '../rules/authorize.js'
import type { Mount } from '../tickets/mount.js'
import { openSession } from '../tickets/session.js'
import type { HttpCall } from './adapter.js'
import type { Call } from './call.js'

export interface CallRequest {
  http: HttpCall<unknown>
  requestId: string
  /** `performance.now()` at its start. */
  startedAt: number
  mount: Mount
  /** For the host's error log. */
  report(error: unknown): void
}

/** Shared by all calls of a server. */
export interface Calls {
  options: ResolvedOptions
  foundation: Foundation
  /** @throws when the request is refused, before its owner is looked up */
  admit(http: HttpCall<unknown>): void
  /** Called with the mount of every request that has an owner. */
  seen(mount: Mount): void
}

/** @throws PartwayError `not_signed_in`, or what `handle` throws */
export async function startCall(
  { options, foundation, admit, seen }: Calls,
  operation: string,
  { http, mount, requestId, startedAt, report }: CallRequest,
  handle: (call: Call) => Promise<object>,
): Promise<object> {
  const ctx = http.context
  const run = { ctx, by: 'page', requestId, startedAt, report } as const
  const { operate } = foundation.observe(run)
  return await operate(operation, async (subject) => {
    admit(http)
    const keys = await foundation.findKeys()
    const session = await openSession(ctx, options, { keys: keys.tickets, mount })
    seen(mount)
    const caller = { owner: session.owner, mount }
    return await handle({
      http,
      requestId,
      options,
      service: foundation.createService(run, keys, signalWhenGone(http.signal), caller),
      session,
      operate,
      subject,
      allow: (file) => allowUpload(ctx, options, session, file),
    })
  })
}

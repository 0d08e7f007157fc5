// From options to what one request works with.

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

/** What all calls of a server have in common. */
export interface Calls {
  options: ResolvedOptions
  foundation: Foundation
  /** @throws what speaks against the request, before anyone is asked who sent it */
  admit(http: HttpCall<unknown>): void
  /** Somebody who may upload has called here. */
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

// `GET /health`: open to all, and replies with no more than a code.
import type { Foundation } from '../create-service.js'
import { codeOf } from '../operations/check-health.js'
import type { HealthReply } from '../protocol.js'
import type { HttpRoute } from './adapter.js'
import type { InFlight } from './in-flight.js'

/** @param report writes failures with their causes to the host's error log */
export function createHealthRoute<Context>(
  inFlight: InFlight,
  foundation: Pick<Foundation, 'findKeys' | 'checkS3'>,
  report: (error: unknown, context: Context) => void,
): HttpRoute<Context> {
  const check = async (context: Context): Promise<HealthReply> => {
    if (inFlight.isClosing) return { ok: false, code: 'shutting_down' }
    const log = (error: unknown) => report(error, context)
    try {
      await foundation.findKeys()
      return await foundation.checkS3(log)
    } catch (error) {
      log(error)
      return { ok: false, code: codeOf(error) }
    }
  }
  return {
    method: 'get',
    path: '/health',
    async handle(call) {
      // At the root, `/health` belongs to the host.
      if (call.path === '/health') return undefined
      return await inFlight.run(call, async () => {
        const body = await check(call.context)
        return { status: body.ok ? 200 : 503, headers: { 'Cache-Control': 'no-store' }, body }
      })
    },
  }
}

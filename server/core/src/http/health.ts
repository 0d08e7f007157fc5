// `GET /health`: anybody may ask, nobody is told more than a code.
import type { HealthReply } from '../protocol.js'
import type { HttpRoute } from './http-call.js'
import type { InFlight } from './in-flight.js'

export function createHealthRoute<Context>(
  inFlight: InFlight,
  checkHealth: (context: Context) => Promise<HealthReply>,
): HttpRoute<Context> {
  return {
    method: 'get',
    path: '/health',
    async handle(call) {
      // At the root, it is the host's own.
      if (call.path === '/health') return undefined
      return await inFlight.run(call, async () => {
        const body = inFlight.isClosing ? SHUTTING_DOWN : await checkHealth(call.context)
        return { status: body.ok ? 200 : 503, headers: { 'Cache-Control': 'no-store' }, body }
      })
    },
  }
}

const SHUTTING_DOWN: HealthReply = { ok: false, code: 'shutting_down' }

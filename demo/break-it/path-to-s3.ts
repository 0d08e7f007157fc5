// A proxy in front of the embedded store: all requests to S3 pass through it, and faults happen here.
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, type ServerResponse, request as sendOn } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { type FaultSwitches, SHORT_LIFE_MS } from './faults.js'
import { Line } from './line.js'
import type { PartsWatch } from './parts-watch.js'
import { answerExpired, answerUnavailable } from './refusals.js'
import { signedAt } from './signed-at.js'
import { watchRequest } from './watch-request.js'

export interface PathToS3Options {
  /** URL of the store behind it. */
  target: string
  /** Address that it listens on. */
  host: string
  /** 0: any free port. */
  port: number
  switches: FaultSwitches
  watch: PartsWatch
}

export interface PathToS3 {
  /** The URL that browsers and the app use for the store. */
  endpoint: string
  close(): Promise<void>
}

export async function openPathToS3(options: PathToS3Options): Promise<PathToS3> {
  const { target, host, port, switches, watch } = options
  const { hostname, port: targetPort } = new URL(target)
  const agent = new Agent({ keepAlive: true })
  const line = new Line(() => switches.current.bytesPerSecond)

  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const { latencyMs, s3Down, shortSignatures } = switches.current
    const { socket } = request
    if (s3Down) return socket.destroy()
    if (latencyMs > 0) await delay(latencyMs)
    if (socket.destroyed) return
    // The browser itself sends preflights, unsigned.
    const isPreflight = request.method === 'OPTIONS'
    const isExpired = shortSignatures && Date.now() - signedAt(request) > SHORT_LIFE_MS
    if (isExpired && !isPreflight) return answerExpired(request, response)
    const failure = isPreflight ? 'none' : switches.nextFailure()
    const seen = watchRequest(request, response, watch)
    const throttle = line.stream(seen.countBytes)
    if (failure === 'unavailable') return answerUnavailable(request, response, throttle)
    if (failure === 'cut') return cutHalfway(request, throttle)
    const { method = 'GET', url = '/', rawHeaders } = request
    const onward = sendOn({ hostname, port: targetPort, agent, method, path: url, headers: rawHeaders })
    const answered = once(onward, 'response') as Promise<[IncomingMessage]>
    // If the store answers before it has read the whole body, its answer counts.
    pipeline(request, throttle, onward).catch(() => {})
    const [reply] = await answered
    response.writeHead(reply.statusCode ?? 502, reply.rawHeaders)
    await pipeline(reply, response)
  }

  const server = createServer((request, response) => {
    // Read now: a request that has ended has no socket.
    const { socket } = request
    // The client or the store has gone: close the connection.
    pass(request, response).catch(() => socket.destroy())
  })
  server.requestTimeout = 0
  server.keepAliveTimeout = 60_000
  const endConnections = () => switches.current.s3Down && server.closeAllConnections()
  switches.on('change', endConnections)
  server.listen(port, host)
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      switches.off('change', endConnections)
      server.close()
      server.closeAllConnections()
      agent.destroy()
      await once(server, 'close')
    },
  }
}

/** Closes the connection after half of the body, or at once if there is none. */
async function cutHalfway(request: IncomingMessage, throttle: Duplex): Promise<void> {
  const half = Number(request.headers['content-length'] ?? 0) / 2
  let passed = 0
  const { socket } = request
  await pipeline(request, throttle, async (body) => {
    for await (const chunk of body) {
      passed += (chunk as Buffer).length
      if (passed >= half) break
    }
  }).finally(() => socket.destroy())
}

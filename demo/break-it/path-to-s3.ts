// The network path to the embedded store: what everybody's requests to S3 go through, and where they break.
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
  /** Of the store behind it. */
  target: string
  /** 0 for any free one. */
  port: number
  switches: FaultSwitches
  watch: PartsWatch
}

export interface PathToS3 {
  /** What browsers and the app take for the store. */
  endpoint: string
  close(): Promise<void>
}

export async function openPathToS3({ target, port, switches, watch }: PathToS3Options): Promise<PathToS3> {
  const { hostname, port: targetPort } = new URL(target)
  const agent = new Agent({ keepAlive: true })
  const line = new Line(() => switches.current.bytesPerSecond)

  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const { latencyMs, s3Down, shortSignatures } = switches.current
    const { socket } = request
    if (s3Down) return socket.destroy()
    if (latencyMs > 0) await delay(latencyMs)
    if (socket.destroyed) return
    // Preflights are the browser's own, and not signed.
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
    // Where the store answers before it has read all, its answer counts.
    pipeline(request, throttle, onward).catch(() => {})
    const [reply] = await answered
    response.writeHead(reply.statusCode ?? 502, reply.rawHeaders)
    await pipeline(reply, response)
  }

  const server = createServer((request, response) => {
    // A request that has ended has no socket any more.
    const { socket } = request
    // Whoever asked has gone, or the store has: the connection says so.
    pass(request, response).catch(() => socket.destroy())
  })
  server.requestTimeout = 0
  server.keepAliveTimeout = 60_000
  const endConnections = () => switches.current.s3Down && server.closeAllConnections()
  switches.on('change', endConnections)
  server.listen(port, '127.0.0.1')
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

/** Ends the connection when half of the body is through, or at once where there is none. */
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

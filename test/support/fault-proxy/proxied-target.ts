// A small HTTP server behind a fault proxy, what it got, and a client like a page.
import { createHash } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { serve } from '../../server/serve.js'
import { type FaultProxy, startFaultProxy } from './index.js'

export const page = 'https://page.example'

/** An RST. After a FIN node reports the same code, and no system call. */
export const brokenByReset = { code: 'ECONNRESET', syscall: 'read' }

/** For `vi.waitFor`, on a machine that has much else to do. */
export const patiently = { timeout: 60_000 }

/** A request as the target saw it. */
export interface Got {
  method: string | undefined
  url: string | undefined
  rawHeaders: string[]
  bytes: number
  sha256: string
  /** The whole body has come. */
  whole: boolean
}

export interface Answer {
  status: number | undefined
  headers: IncomingHttpHeaders
  body: string
}

export interface ProxiedTarget {
  proxy: FaultProxy
  /** In the order in which they ended. */
  got: Got[]
  /** Resolves when the target has seen the end of that many requests. */
  gotRequests(count: number): Promise<void>
  close(): Promise<void>
}

/** It answers with `reply <n>` and headers that S3 sends to a page. */
export async function startProxiedTarget(): Promise<ProxiedTarget> {
  const got: Got[] = []
  const events = new EventEmitter()
  const served = await serve(async (incoming, outgoing) => {
    const seen = await take(incoming)
    got.push(seen)
    events.emit('got')
    if (!seen.whole) return
    outgoing.setHeader('access-control-allow-origin', page)
    outgoing.setHeader('access-control-expose-headers', 'ETag, Location')
    outgoing.setHeader('etag', '"abc"')
    outgoing.setHeader('set-cookie', ['a=1', 'b=2'])
    outgoing.end(`reply ${got.length}`)
  })
  const proxy = await startFaultProxy({ target: served.origin })
  return {
    proxy,
    got,
    async gotRequests(count) {
      while (got.length < count) await once(events, 'got')
    },
    async close() {
      await proxy.close()
      await served.close()
    },
  }
}

async function take(incoming: IncomingMessage): Promise<Got> {
  const hash = createHash('sha256')
  let bytes = 0
  let whole = true
  try {
    for await (const chunk of incoming) {
      hash.update(chunk)
      bytes += chunk.length
    }
  } catch {
    whole = false
  }
  const { method, url, rawHeaders } = incoming
  return { method, url, rawHeaders, bytes, sha256: hash.digest('hex'), whole }
}

export interface SendOptions {
  method?: string
  headers?: Record<string, string>
  body?: Buffer
  /** @default a connection of its own */
  agent?: Agent
}

/** Sends a request as a page would; rejects with node's error when the connection breaks. */
export async function send(
  url: string,
  { method = 'PUT', headers, body, agent }: SendOptions = {},
): Promise<Answer> {
  const outgoing = request(url, { method, headers: { origin: page, ...headers }, agent: agent ?? false })
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  const { statusCode: status, headers: answered } = incoming
  return { status, headers: answered, body: String(await buffer(incoming)) }
}

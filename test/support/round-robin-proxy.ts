// A load balancer on the loopback: each request goes to the next server in turn, past those that refuse connections.
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { type Served, serve } from '../server/serve.js'

export interface RoundRobinProxy extends Served {
  /** The servers that answered the requests in which `text` was sent or replied, in the order of their answers. */
  backendsOf(text: string): string[]
}

interface Exchange {
  backend: string
  request: Buffer
  reply: Buffer
}

/** @param backends their origins, looked up at each request: a test may replace one */
export async function startRoundRobinProxy(backends: readonly string[]): Promise<RoundRobinProxy> {
  const exchanges: Exchange[] = []
  let turn = 0

  const forward = async (incoming: IncomingMessage, body: Buffer) => {
    for (const _ of backends) {
      const backend = backends[turn++ % backends.length] as string
      const answer = await send(backend, incoming, body).catch(undefinedIfRefused)
      if (!answer) continue
      exchanges.push({ backend, request: body, reply: answer.body })
      return answer
    }
    throw new Error('no server accepts connections')
  }

  const served = await serve(async (incoming, outgoing) => {
    try {
      const { status, headers, body } = await forward(incoming, await buffer(incoming))
      outgoing.writeHead(status, headers).end(body)
    } catch (error) {
      outgoing.writeHead(502).end(String(error))
    }
  })
  return {
    ...served,
    backendsOf: (text) =>
      exchanges
        .filter(({ request, reply }) => request.includes(text) || reply.includes(text))
        .map(({ backend }) => backend),
  }
}

async function send(backend: string, { method, url, headers }: IncomingMessage, body: Buffer) {
  // Connections are between two hops, and each of these carries one request.
  const { connection: _, ...endToEnd } = headers
  const outgoing = request(`${backend}${url}`, { method, headers: endToEnd, agent: false })
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  const { connection: __, ...answered } = incoming.headers
  return { status: incoming.statusCode ?? 502, headers: answered, body: await buffer(incoming) }
}

function undefinedIfRefused(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ECONNREFUSED') throw error
}

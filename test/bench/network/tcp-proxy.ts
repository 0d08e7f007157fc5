// A TCP proxy whose connections run over a link: late, and no faster than the link allows. It changes no byte.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Direction, type Link, stampArrivals } from '../../support/fault-proxy/link.js'
import { type PassedRequest, RequestReader } from './request-reader.js'

export interface TcpProxyOptions {
  /** Port of the loopback that it leads to. */
  targetPort: number
  /** May be shared with other proxies: then they share its total rate, too. */
  link: Link
}

export interface TcpProxy {
  readonly port: number
  /** That have come out of the link, in the order in which they came. */
  readonly requests: readonly PassedRequest[]
  /** Connections that were opened. */
  readonly connectionCount: number
  forgetRequests(): void
  close(): Promise<void>
}

/** Opening a connection takes a round trip, as TCP's handshake does. */
export async function startTcpProxy({ targetPort, link }: TcpProxyOptions): Promise<TcpProxy> {
  const requests: PassedRequest[] = []
  const sockets = new Set<Socket>()
  let connectionCount = 0

  const carry = async (from: Socket, to: Socket, direction: Direction, signal: AbortSignal) => {
    const reader = direction === 'up' ? new RequestReader((request) => requests.push(request)) : undefined
    await pipeline(
      from,
      stampArrivals(),
      async function* (arrivals) {
        for await (const bytes of link.carry(
          arrivals as ReturnType<typeof stampArrivals>,
          direction,
          signal,
        )) {
          reader?.read(bytes)
          yield bytes
        }
      },
      to,
    )
  }

  const join = async (client: Socket) => {
    connectionCount++
    const target = connect({ host: '127.0.0.1', port: targetPort, allowHalfOpen: true })
    const closed = new AbortController()
    for (const socket of [client, target]) {
      sockets.add(socket)
      // A connection may break at any time: `pipeline` tells.
      socket.setNoDelay(true).on('error', () => {})
      socket.once('close', () => sockets.delete(socket))
    }
    client.once('close', () => closed.abort())
    try {
      await sleep(2 * link.latencyMs, undefined, { signal: closed.signal })
      const ways = [carry(client, target, 'up', closed.signal), carry(target, client, 'down', closed.signal)]
      await Promise.all(ways)
    } catch {
      client.destroy()
    } finally {
      target.destroy()
    }
  }

  const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => void join(client))
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    requests,
    get connectionCount() {
      return connectionCount
    },
    forgetRequests() {
      requests.length = 0
    },
    async close() {
      const closed = once(listener.close(), 'close')
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

// The proxy itself: a listener whose connections run over a link into an HTTP server, which applies the faults.
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Connection } from './connection.js'
import { Exchange } from './exchange.js'
import { type Action, type Fault, Faults, pass } from './fault.js'
import { Link, type LinkSettings } from './link.js'
import type { SeenRequest } from './seen-request.js'

export interface FaultProxyOptions {
  /** Origin of the server behind the proxy, over plain HTTP. A function is asked at each request. */
  target: string | ((request: SeenRequest) => string)
  /** @default a free one */
  port?: number
}

export interface FaultProxy {
  readonly origin: string
  /** Of all clients, in the order in which they came. */
  readonly requests: readonly SeenRequest[]
  /** Empties `requests`. */
  forgetRequests(): void
  /** The network between client and proxy. */
  readonly link: LinkSettings
  /** Adds a fault for requests to come, and gives a function that takes it away. */
  add(fault: Fault): () => void
  /** Takes all faults away, except from the requests that they are being applied to. */
  clear(): void
  /** Resets all connections, and from then on nobody can open one. */
  refuse(): Promise<void>
  /** Ends `refuse`, on the same port. */
  accept(): Promise<void>
  /** Resets all connections. */
  resetAll(): void
  /** A cut cable: while on, no byte moves on any connection, old or new, and nobody learns that the other end has closed. */
  blackHoleAll(on: boolean): void
  close(): Promise<void>
}

/** @throws when the port is taken */
export async function startFaultProxy({ target, port = 0 }: FaultProxyOptions): Promise<FaultProxy> {
  const findTarget = typeof target === 'string' ? () => target : target
  const requests: SeenRequest[] = []
  const faults = new Faults()
  const link = new Link()
  const connections = new Set<Connection>()
  let connectionCount = 0

  // It never listens: its connections are given to it, so that it has none of a listening server's timeouts.
  const http = createHttpServer((incoming, outgoing) => {
    const connection: Duplex = incoming.socket
    if (!(connection instanceof Connection))
      throw new Error('A request that came over no connection of the proxy')
    const exchange = new Exchange(incoming, outgoing, connection, findTarget)
    requests.push(exchange.seen)
    void applyAction(exchange, faults.take(exchange.seen))
  })

  const listener = createServer({ allowHalfOpen: true }, (socket: Socket) => {
    const connection = new Connection(socket, link, ++connectionCount)
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
    http.emit('connection', connection)
  })

  const listen = async (on: number) => {
    listener.listen(on, '127.0.0.1')
    await once(listener, 'listening')
    return (listener.address() as AddressInfo).port
  }
  const resetAll = () => {
    for (const connection of connections) connection.reset()
  }
  const refuse = async () => {
    if (!listener.listening) return
    const closed = once(listener.close(), 'close')
    resetAll()
    await closed
  }

  const listensOn = await listen(port)
  return {
    origin: `http://127.0.0.1:${listensOn}`,
    requests,
    forgetRequests() {
      requests.length = 0
    },
    link,
    add: (fault) => faults.add(fault),
    clear: () => faults.clear(),
    refuse,
    async accept() {
      if (!listener.listening) await listen(listensOn)
    },
    resetAll,
    blackHoleAll: (on) => link.cut(on),
    close: refuse,
  }
}

async function applyAction(exchange: Exchange, action: Action | undefined): Promise<void> {
  exchange.seen.fault = action?.name
  try {
    await (action ?? pass).apply(exchange)
  } catch (error) {
    if (exchange.signal.aborted) return
    exchange.seen.error = error
    exchange.reset()
  }
}

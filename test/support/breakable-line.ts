// A line to a server that a test can cut: TCP on the loopback, which counts what is sent along it.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface BreakableLine {
  /** Where the server is reached along this line. */
  origin: string
  /** Bytes that have reached the server so far. */
  bytesSent(): number
  /** Breaks all connections; new ones break, too. */
  cut(): void
  mend(): void
  close(): Promise<void>
}

export async function openLine(target: string): Promise<BreakableLine> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let isCut = false
  let bytesSent = 0

  const join = (client: Socket) => {
    const server = connect(Number(port), hostname)
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(one)
      one.pipe(other)
      // Whatever ends one side ends the other: what a broken connection leaves behind is not the line's concern.
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
    client.on('data', (bytes) => {
      bytesSent += bytes.length
    })
  }
  const listener = createServer((client) => (isCut ? client.destroy() : join(client))).listen(0, '127.0.0.1')
  await once(listener, 'listening')

  const breakAll = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    origin: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    bytesSent: () => bytesSent,
    cut() {
      isCut = true
      breakAll()
    },
    mend() {
      isCut = false
    },
    async close() {
      listener.close()
      breakAll()
      await once(listener, 'close')
    },
  }
}

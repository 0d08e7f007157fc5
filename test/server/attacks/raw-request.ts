// HTTP as an attacker writes it: bytes on a socket, where fetch would correct or refuse them.
import { connect } from 'node:net'

export interface RawReply {
  /** 0: the connection was closed without a reply. */
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  body: string
}

export interface RawOptions {
  /** Closes the client's side at once, so that a server that waits for more learns that there is none. */
  hangUp?: boolean
  timeoutMs?: number
}

/**
 * Writes `head`, a request line and headers without the empty line at their end, then `body`, and reads to the end.
 *
 * @throws Error when the server neither answers nor closes the connection in `timeoutMs`
 */
export async function sendRaw(
  url: string | URL,
  head: string[],
  body: string | Uint8Array = '',
  { hangUp = false, timeoutMs = 10_000 }: RawOptions = {},
): Promise<RawReply> {
  const { hostname, port, host } = new URL(url)
  const lines = [...head, `Host: ${host}`, 'Connection: close', '', '']
  const request = Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), Buffer.from(body)])
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect({ host: hostname, port: Number(port) })
    socket.setTimeout(timeoutMs, () =>
      socket.destroy(new Error(`No reply to: ${head.join(' | ').slice(0, 300)}`)),
    )
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // A server that has answered may close before it has read everything.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(parse(Buffer.concat(chunks)))
      else reject(error)
    })
    socket.once('close', () => resolve(parse(Buffer.concat(chunks))))
    if (hangUp) socket.end(request)
    else socket.write(request)
  })
}

function parse(reply: Buffer): RawReply {
  const text = reply.toString('latin1').replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return { status: 0, headers: {}, body: '' }
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  const body = Buffer.from(text.slice(end + 4), 'latin1').toString()
  return { status: Number(statusLine.split(' ')[1]), headers: Object.fromEntries(headers), body }
}

// One request to the target, with the client's line and headers as they came, the Host header among them.
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Reply } from './reply.js'

/** These are between two hops: the proxy's connection to the target is another than the client's. */
const hopByHop = ['connection', 'keep-alive', 'proxy-connection']

export class TargetRequest {
  readonly reply: Promise<Reply>
  readonly #request: ClientRequest
  readonly #closed: Promise<void>

  /**
   * Has a connection of its own: one that is kept could be closed by the target just when it is used again,
   * a fault that nobody asked for.
   */
  constructor(target: string, incoming: IncomingMessage, signal: AbortSignal) {
    const { hostname, port } = new URL(target)
    const { method, url: path } = incoming
    this.#request = request({
      hostname,
      port,
      method,
      path,
      headers: requestHeaders(incoming),
      agent: false,
      signal,
    })
    // An error before the reply rejects `reply`; one after it ends the reply's body.
    this.#request.on('error', () => {})
    this.#closed = new Promise((resolve) => this.#request.once('close', resolve))
    this.reply = once(this.#request, 'response').then(([response]) => describeReply(response))
    this.reply.catch(() => {})
  }

  /** Resolves when the bytes are with the system. */
  async write(bytes: Buffer): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      this.#request.write(bytes, (error) => (error ? reject(error) : resolve()))
    })
    await Promise.race([written, this.#closed.then(failClosed)])
  }

  end(): void {
    this.#request.end()
  }
}

function failClosed(): never {
  throw new Error('The target has closed the connection')
}

function requestHeaders({ method, headers, rawHeaders }: IncomingMessage): string[] {
  // A target that knew that its connection is for one request might close it before it has read the whole body.
  const kept = [...dropHopByHop(rawHeaders), 'connection', 'keep-alive']
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
  // node:http would announce a chunked body for these methods.
  if (!hasBody && !['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method ?? ''))
    kept.push('content-length', '0')
  return kept
}

function describeReply(response: IncomingMessage): Reply {
  const { statusCode: status = 502, statusMessage: message = '', rawHeaders } = response
  return { status, message, headers: dropHopByHop(rawHeaders), body: response }
}

function dropHopByHop(rawHeaders: string[]): string[] {
  return rawHeaders.filter((_, index) => {
    const name = rawHeaders[index - (index % 2)] as string
    return !hopByHop.includes(name.toLowerCase())
  })
}

// A request of a client and what may be done with it. Actions are made of these steps.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Connection } from './connection.js'
import { discard, type Reply } from './reply.js'
import { describeRequest, type SeenRequest } from './seen-request.js'
import { TargetRequest } from './target-request.js'

export class Exchange {
  readonly seen: SeenRequest
  /** Aborted when the answer has been sent, and when the connection is closed. */
  readonly signal: AbortSignal
  readonly #incoming: IncomingMessage
  readonly #chunks: AsyncIterator<Buffer, undefined>
  /** What was read with the last bytes of a limited `body` and is behind them. */
  #rest: Buffer | undefined
  readonly #outgoing: ServerResponse
  readonly #connection: Connection
  readonly #target: (request: SeenRequest) => string

  constructor(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    connection: Connection,
    target: (request: SeenRequest) => string,
  ) {
    this.seen = describeRequest(incoming, connection.number)
    this.#incoming = incoming
    this.#chunks = incoming[Symbol.asyncIterator]()
    this.#outgoing = outgoing
    this.#connection = connection
    this.#target = target
    const over = new AbortController()
    this.signal = over.signal
    outgoing.once('close', () => {
      this.seen.endedAt = performance.now()
      over.abort()
    })
  }

  /**
   * The body as it comes, up to `limit` bytes. The rest stays unread: a later call goes on with it.
   *
   * @default limit Infinity
   */
  async *body(limit = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer> {
    let left = limit
    while (left > 0) {
      const chunk = this.#rest ?? (await this.#chunks.next()).value
      if (!chunk) return
      const bytes = chunk.subarray(0, left)
      this.#rest = bytes.length < chunk.length ? chunk.subarray(bytes.length) : undefined
      this.seen.bodyBytesReceived += bytes.length
      left -= bytes.length
      yield bytes
    }
  }

  /** A request to the target, of which nothing has been sent yet. */
  openTarget(): TargetRequest {
    return new TargetRequest(this.#target(this.seen), this.#incoming, this.signal)
  }

  /** Sends the request to the target, and what is left of its body. Resolves with the head of the reply. */
  async forward(target = this.openTarget()): Promise<Reply> {
    this.#send(target)
      // A target may answer and close before it has read the whole body: the client wants to get rid of the rest.
      .catch(() => discard(this.body()))
      // The client has gone, which `signal` tells.
      .catch(() => {})
    return await target.reply
  }

  async #send(target: TargetRequest): Promise<void> {
    for await (const bytes of this.body()) await this.write(target, bytes)
    target.end()
  }

  /** Sends bytes of the body to the target. */
  async write(target: TargetRequest, bytes: Buffer): Promise<void> {
    await target.write(bytes)
    this.seen.bodyBytesForwarded += bytes.length
  }

  /** Answers the client. */
  async reply({ status, message, headers, body }: Reply): Promise<void> {
    this.#outgoing.sendDate = false
    this.#outgoing.writeHead(status, message, headers)
    this.seen.status = status
    await pipeline(body, this.#outgoing)
  }

  /** Resets the client's connection; the target's is closed. */
  reset(): void {
    this.#connection.reset()
  }
}

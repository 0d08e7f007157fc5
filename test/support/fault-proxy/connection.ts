// A client's connection as an HTTP server may use it: a stream with a link between it and the socket.
import type { Socket } from 'node:net'
import { Duplex, finished, pipeline, type Transform } from 'node:stream'
import { type Link, stampArrivals } from './link.js'

export class Connection extends Duplex {
  readonly number: number
  readonly #socket: Socket
  readonly #up: AsyncGenerator<Buffer>
  readonly #down: Transform

  /** @param number from 1, for `SeenRequest.connection` */
  constructor(socket: Socket, link: Link, number: number) {
    super()
    this.number = number
    this.#socket = socket
    const closed = new AbortController()
    socket.setNoDelay(true).once('close', () => {
      closed.abort()
      this.destroy()
    })
    this.#up = link.carry(pipeline(socket, stampArrivals(), ignore), 'up', closed.signal)
    this.#down = stampArrivals()
    pipeline(this.#down, (sent) => link.carry(sent, 'down', closed.signal), socket, ignore)
    this.on('error', ignore)
  }

  /** Breaks it with an RST. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }

  override _read(): void {
    this.#up.next().then(
      ({ value = null }) => this.push(value),
      (error) => this.destroy(error),
    )
  }

  override _write(bytes: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#down.write(bytes, encoding, done)
  }

  /** The end follows the bytes that are still on their way. */
  override _final(done: (error?: Error | null) => void): void {
    finished(this.#socket, { readable: false }, done)
    this.#down.end()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }
}

/** A connection may break at any time: whoever reads or writes it learns of it there. */
function ignore(): void {}

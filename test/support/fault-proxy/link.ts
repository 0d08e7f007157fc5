// The network between client and proxy: how late and how fast bytes arrive, and whether they do at all.
import { EventEmitter, once } from 'node:events'
import { type Readable, Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { TokenBucket } from './token-bucket.js'

/**
 * May be changed at any time; what is on its way keeps to the old values for a moment.
 *
 * The system's own buffers stand before a limit: on the loopback a client can send some MB that nobody has read yet.
 */
export interface LinkSettings {
  /** One way, in each direction: half of the round trip. Opening a connection takes no time. @default 0 */
  latencyMs: number
  /** Of each connection, in each direction. @default Infinity */
  bytesPerSecond: number
  /** Of all connections together, in each direction. @default Infinity */
  totalBytesPerSecond: number
}

/** One direction of a link. Its bucket is shared by all connections. */
export type Direction = 'up' | 'down'

interface Arrival {
  bytes: Buffer
  at: number
}

/** Bytes that a direction of a connection may hold while they travel, in chunks of up to 64 KiB. */
const chunksUnderway = 16

/** With a limit, bytes go in pieces of so much time, so that connections take turns and a new limit is soon felt. */
const pieceMs = 20

export class Link extends EventEmitter implements LinkSettings {
  latencyMs = 0
  bytesPerSecond = Number.POSITIVE_INFINITY
  totalBytesPerSecond = Number.POSITIVE_INFINITY
  #isCut = false
  readonly #total = { up: new TokenBucket(), down: new TokenBucket() }

  constructor() {
    super()
    this.setMaxListeners(0)
  }

  /** While cut, no byte and no end of a connection gets through. */
  cut(isCut: boolean): void {
    this.#isCut = isCut
    if (!isCut) this.emit('mended')
  }

  /**
   * The bytes of `arrivals` when they have travelled.
   *
   * @param arrivals read from a stream of `stampArrivals`
   * @param signal ends the journey with an error
   */
  async *carry(arrivals: Readable, direction: Direction, signal: AbortSignal): AsyncGenerator<Buffer> {
    const own = new TokenBucket()
    for await (const { bytes, at } of arrivals as AsyncIterable<Arrival>) {
      await waitUntil(at + this.latencyMs, signal)
      for (let start = 0, piece: Buffer; start < bytes.length; start += piece.length) {
        piece = bytes.subarray(start, start + this.#pieceSize())
        const now = performance.now()
        const due = own.take(piece.length, this.bytesPerSecond, now)
        const totalDue = this.#total[direction].take(piece.length, this.totalBytesPerSecond, now)
        await waitUntil(Math.max(due, totalDue), signal)
        await this.#whole(signal)
        yield piece
      }
    }
    await this.#whole(signal)
  }

  #pieceSize(): number {
    const slowest = Math.min(this.bytesPerSecond, this.totalBytesPerSecond)
    return Math.max(1, Math.floor((slowest * pieceMs) / 1000))
  }

  async #whole(signal: AbortSignal): Promise<void> {
    while (this.#isCut) await once(this, 'mended', { signal })
  }
}

/** Notes when each chunk came: a chunk that waits behind others is not late for that. */
export function stampArrivals(): Transform {
  return new Transform({
    readableObjectMode: true,
    readableHighWaterMark: chunksUnderway,
    transform(bytes: Buffer, _encoding, done) {
      done(null, { bytes, at: performance.now() } satisfies Arrival)
    },
  })
}

async function waitUntil(time: number, signal: AbortSignal): Promise<void> {
  const ms = time - performance.now()
  if (ms > 0) await sleep(ms, undefined, { signal })
}

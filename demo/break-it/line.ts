// A line of limited bandwidth that all requests share.
import { Transform } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

export class Line {
  #freeAt = 0

  /** @param bytesPerSecond called for each piece; `null`: unlimited */
  constructor(private readonly bytesPerSecond: () => number | null) {}

  /** Passes bytes on at the line's rate. @param onPassed called for each piece */
  stream(onPassed: (bytes: number) => void): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        void this.#take(chunk.length).then(() => {
          onPassed(chunk.length)
          done(null, chunk)
        })
      },
    })
  }

  async #take(bytes: number): Promise<void> {
    const rate = this.bytesPerSecond()
    if (rate === null) return
    const now = performance.now()
    this.#freeAt = Math.max(this.#freeAt, now) + (bytes / rate) * 1000
    await delay(this.#freeAt - now, undefined, { ref: false })
  }
}

// Divides slots between small and large files: a part of a large file holds its slot for seconds, in which many small files
// could be sent.
import type { Line, OnLine } from './slow-line.js'

/** One file's queue. Each lane gets its turn, however many transfers wait in another. */
export type Lane = object

/** If no small file has been sent for this long, they lose their reserved slots: something is wrong with them. */
const PATIENCE_MS = 5000

export class SmallFirst {
  readonly #small = new Set<Lane>()
  /** When a small file was last sent, or the first one was reserved, on the clock of `performance.now()`. */
  #movedAt = 0

  /** @param line limits all transfers but those of small files */
  constructor(private readonly line: Line) {}

  /** Reserves a slot for a small file that will ask for one. Returns a function that releases it. */
  reserve(lane: Lane): () => void {
    if (this.#small.size === 0) this.#movedAt = performance.now()
    this.#small.add(lane)
    return () => void this.#small.delete(lane)
  }

  /**
   * Whether a transfer of the lane may start. Large files leave one of the `slots` to each small file, but always have at
   * least one, and no more than the line carries.
   */
  mayStart(lane: Lane, slots: number): boolean {
    if (this.#small.has(lane)) return true
    const isStuck = performance.now() - this.#movedAt > PATIENCE_MS
    return this.line.hasRoom(isStuck ? slots : slots - this.#small.size)
  }

  /** Registers a transfer that starts. Returns its view of the line. */
  start(lane: Lane): OnLine {
    const isSmall = this.#small.has(lane)
    const onLine = this.line.start(isSmall)
    if (!isSmall) return onLine
    const ended = (succeeded: boolean) => {
      if (succeeded) this.#movedAt = performance.now()
    }
    return { ...onLine, ended }
  }
}

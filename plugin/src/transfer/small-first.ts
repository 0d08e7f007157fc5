// Who may have how many slots while small files are on their way: a part of a large file holds its slot for seconds, in which
// many small files could be sent.
import type { Line, OnLine } from './slow-line.js'

/** Stands for one file. Each lane gets its turn, however many transfers another one has waiting. */
export type Lane = object

/** Small files of which none has been sent for so long get their turn and no more: something is wrong with them. */
const PATIENCE_MS = 5000

export class SmallFirst {
  readonly #small = new Set<Lane>()
  /** When a small file was last sent, or the first one came, on the clock of `performance.now()`. */
  #movedAt = 0

  /** @param line has all transfers but those of small files */
  constructor(private readonly line: Line) {}

  /** A small file is on its way, and will ask for a slot. Returns whom to tell when it is through. */
  reserve(lane: Lane): () => void {
    if (this.#small.size === 0) this.#movedAt = performance.now()
    this.#small.add(lane)
    return () => void this.#small.delete(lane)
  }

  /**
   * Whether a transfer of the lane may start. Others leave every small file one of the `slots`, but have one at least; and no
   * more at a time than the line carries.
   */
  mayStart(lane: Lane, slots: number): boolean {
    if (this.#small.has(lane)) return true
    const isStuck = performance.now() - this.#movedAt > PATIENCE_MS
    return this.line.hasRoom(isStuck ? slots : slots - this.#small.size)
  }

  /** A transfer starts. Returns whom to tell how it goes. */
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

// Who may have how many slots while small files are on their way: a part of a large file holds its slot for seconds, in which
// many small files could be sent.
import type { Lane } from './scheduler.js'

/** Small files of which none has been sent for so long get their turn and no more: something is wrong with them. */
const PATIENCE_MS = 5000

export class SmallFirst {
  readonly #small = new Set<Lane>()
  #othersActive = 0
  /** When a small file was last sent, or the first one came, on the clock of `performance.now()`. */
  #movedAt = 0

  /** A small file is on its way, and will ask for a slot. Returns whom to tell when it is through. */
  expect(lane: Lane): () => void {
    if (this.#small.size === 0) this.#movedAt = performance.now()
    this.#small.add(lane)
    return () => void this.#small.delete(lane)
  }

  /**
   * Whether a transfer of the lane may start. Others leave every small file one of the `slots`, but have one at least; and
   * `most` at a time.
   */
  mayStart(lane: Lane, slots: number, most: number): boolean {
    if (this.#small.has(lane)) return true
    const isStuck = performance.now() - this.#movedAt > PATIENCE_MS
    return this.#othersActive < Math.max(1, isStuck ? most : Math.min(most, slots - this.#small.size))
  }

  /** A transfer starts. Returns whom to tell how it ended. */
  start(lane: Lane): { isSmall: boolean; succeeded(): void; ended(): void } {
    const isSmall = this.#small.has(lane)
    if (!isSmall) this.#othersActive++
    return {
      isSmall,
      succeeded: () => {
        if (isSmall) this.#movedAt = performance.now()
      },
      ended: () => {
        if (!isSmall) this.#othersActive--
      },
    }
  }
}

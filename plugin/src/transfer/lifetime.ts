// How long something may be used that expires, by a machine that may sleep meanwhile.

/**
 * It ends by whichever clock is ahead: `performance.now()` can stand still while the machine sleeps, and `Date.now()` can be
 * set back.
 */
export class Lifetime {
  #steadyEnd: number
  readonly #wallEnd: number

  constructor(ms: number) {
    this.#steadyEnd = performance.now() + ms
    this.#wallEnd = Date.now() + ms
  }

  get isOver(): boolean {
    return performance.now() >= this.#steadyEnd || Date.now() >= this.#wallEnd
  }

  /** It may not be used any more. */
  end(): void {
    this.#steadyEnd = 0
  }
}

// When something expires, on a machine that may sleep meanwhile.

/**
 * Expires by whichever clock gets there first: `performance.now()` can stop while the machine sleeps, and `Date.now()` can
 * be set back.
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

  /** Expires it now. */
  end(): void {
    this.#steadyEnd = 0
  }
}

// Equal files that a page uploads at the same time: each is an upload of its own, and finds it again after a reload.

/** By what the files have in common: the numbers that are taken. */
const taken = new Map<string, Set<number>>()

/** A file's place among the equal ones of this page, from when it is known until it is done or removed. */
export class Place {
  #at: { base: string; number: number } | undefined
  readonly #leaving = new AbortController()

  /** @returns What the file is known by: what equal files have in common, and the smallest number that is free. */
  keyOf(base: string): string {
    if (this.#at?.base !== base) this.#take(base)
    const number = this.#at?.number ?? 0
    return number === 0 ? base : `${base}-${number}`
  }

  /** Aborts when the file is done or removed. */
  get left(): AbortSignal {
    return this.#leaving.signal
  }

  leave(): void {
    this.#leaving.abort()
    this.#free()
  }

  #take(base: string): void {
    this.#free()
    // What was removed while it was read takes nothing.
    if (this.left.aborted) return
    const numbers = taken.get(base) ?? new Set()
    let number = 0
    while (numbers.has(number)) number++
    taken.set(base, numbers.add(number))
    this.#at = { base, number }
  }

  #free(): void {
    if (!this.#at) return
    const { base, number } = this.#at
    const numbers = taken.get(base)
    numbers?.delete(number)
    if (numbers?.size === 0) taken.delete(base)
    this.#at = undefined
  }
}

// Ids in the order in which they expire: the quota in memory uses them as Redis uses a sorted set.

interface ExpiringId {
  id: string
  /** Milliseconds. */
  expiresAt: number
}

export class ExpiringIds {
  readonly #byId = new Map<string, ExpiringId>()
  readonly #inOrder: ExpiringId[] = []

  get size(): number {
    return this.#inOrder.length
  }

  /** Soonest first. */
  get inOrder(): readonly ExpiringId[] {
    return this.#inOrder
  }

  has(id: string): boolean {
    return this.#byId.has(id)
  }

  add(id: string, expiresAt: number): void {
    const entry = { id, expiresAt }
    this.#byId.set(id, entry)
    // Search from the end: the newest id nearly always expires last.
    const index = this.#inOrder.findLastIndex((other) => other.expiresAt <= expiresAt) + 1
    this.#inOrder.splice(index, 0, entry)
  }

  /** @returns whether it was there */
  delete(id: string): boolean {
    const entry = this.#byId.get(id)
    if (!entry) return false
    this.#byId.delete(id)
    this.#inOrder.splice(this.#inOrder.indexOf(entry), 1)
    return true
  }

  /** Removes and returns what has expired. */
  takeExpired(now: number): string[] {
    const live = this.#inOrder.findIndex(({ expiresAt }) => expiresAt > now)
    const expired = this.#inOrder.splice(0, live < 0 ? this.size : live)
    for (const { id } of expired) this.#byId.delete(id)
    return expired.map(({ id }) => id)
  }
}

// What a browser keeps for an origin under names, in memory.
export class FakeStorage implements Pick<Storage, 'getItem' | 'setItem'> {
  readonly #items = new Map<string, string>()

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null
  }

  setItem(key: string, value: string): void {
    this.#items.set(key, value)
  }
}

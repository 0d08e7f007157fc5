// Caches what S3 says of objects: they do not change, because no two uploads get the same key.
import type { LibraryEntry } from './library-entry.js'

const MAX_ENTRIES = 10_000

export class EntryCache {
  readonly #entries = new Map<string, LibraryEntry>()

  /** @param ask `undefined` is not cached */
  async get(key: string, ask: () => Promise<LibraryEntry | undefined>): Promise<LibraryEntry | undefined> {
    const known = this.#entries.get(key)
    if (known) return known
    const entry = await ask()
    if (!entry) return undefined
    const [oldest] = this.#entries.keys()
    if (this.#entries.size >= MAX_ENTRIES && oldest !== undefined) this.#entries.delete(oldest)
    this.#entries.set(key, entry)
    return entry
  }

  forget(key: string): void {
    this.#entries.delete(key)
  }
}

// What S3 said of objects: asked once, since no two uploads get the same key and so objects do not change.
import type { LibraryEntry } from './library-entry.js'

const MAX_ENTRIES = 10_000

export class EntryCache {
  readonly #entries = new Map<string, LibraryEntry>()

  /** @param ask is not remembered where it finds nothing */
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

// File handles that the page has told, over page loads, by what the files' uploads are found by. What keeps them is loaded
// when there is something to keep or to look for.
import { handleOf } from './file-handles.js'

/** Whatever fails here costs that a file has to be picked again, and nothing else. */
export class KeptHandles {
  constructor(private readonly log: (message: string) => void) {}

  /** If the page has told the file's handle. */
  keep(data: Blob, key: string, expiresInSeconds: number): void {
    const handle = handleOf(data)
    if (!handle) return
    const kept = { handle, expiresAt: Date.now() + expiresInSeconds * 1000 }
    void this.#use((store) => store.putHandle(key, kept))
  }

  /** As {@link keep}. */
  forget(data: Blob, key: string): void {
    if (handleOf(data)) void this.#use((store) => store.deleteHandle(key))
  }

  async list(): Promise<Map<string, FileSystemFileHandle>> {
    return (await this.#use((store) => store.listHandles())) ?? new Map()
  }

  async #use<T>(task: (store: typeof import('./handle-store.js')) => Promise<T>): Promise<T | undefined> {
    try {
      return await task(await import('./handle-store.js'))
    } catch (error) {
      this.log(`File handles cannot be kept: ${error}`)
      return undefined
    }
  }
}

// File handles that the page has told, over page loads, by what the files' uploads are found by. What keeps them is loaded
// when there is something to keep or to look for.

import { untilAborted } from '../transfer/until-aborted.js'
import { handleOf, rememberHandle } from './file-handles.js'

/** Nobody waits longer for IndexedDB: another tab may block it, and some browsers at times never open it. */
const LONGEST_WAIT_MS = 2000

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
      const store = await import('./handle-store.js')
      return await untilAborted(task(store), AbortSignal.timeout(LONGEST_WAIT_MS))
    } catch (error) {
      this.log(`File handles cannot be kept: ${error}`)
      return undefined
    }
  }
}

/** What the types of TypeScript leave out. https://wicg.github.io/file-system-access/#api-filesystemhandle */
interface WithPermission {
  requestPermission?(descriptor: { mode: 'read' }): Promise<PermissionState>
}

/**
 * Asks the user, which browsers allow only after a click.
 *
 * @param size Bytes.
 * @returns The file; `undefined` if the user says no, it is gone, or it is another file by now.
 */
export async function readAgain(handle: FileSystemFileHandle, size: number): Promise<File | undefined> {
  try {
    // Files that are the origin's own need no permission.
    const permission = await (handle as WithPermission).requestPermission?.({ mode: 'read' })
    if (permission !== undefined && permission !== 'granted') return undefined
    const file = await handle.getFile()
    if (file.size !== size) return undefined
    rememberHandle(file, handle)
    return file
  } catch {
    return undefined
  }
}

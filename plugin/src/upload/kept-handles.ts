// Keeps file handles across page loads, under the key that finds the file's upload. Loads the store when it is first needed.

import { untilAborted } from '../transfer/until-aborted.js'
import { handleOf, rememberHandle } from './file-handles.js'

/** Longest wait for IndexedDB: another tab may block it, and some browsers at times never open it. */
const LONGEST_WAIT_MS = 2000

/** Best effort: after a failure, the user has to pick the file again. */
export class KeptHandles {
  constructor(private readonly log: (message: string) => void) {}

  /** Does nothing without a remembered handle. */
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

/** Missing from TypeScript's types. https://wicg.github.io/file-system-access/#api-filesystemhandle */
interface WithPermission {
  requestPermission?(descriptor: { mode: 'read' }): Promise<PermissionState>
}

/**
 * Asks the user for permission, which browsers allow only after a click.
 *
 * @param size Bytes.
 * @returns The file; `undefined` if the user says no, or the file is gone or has changed.
 */
export async function readAgain(handle: FileSystemFileHandle, size: number): Promise<File | undefined> {
  try {
    // The origin's own files need no permission.
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

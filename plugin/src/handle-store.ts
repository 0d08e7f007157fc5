// File handles in IndexedDB, for the next page load.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

export interface KeptHandle {
  handle: FileSystemFileHandle
  /** On the clock of `Date.now()`. */
  expiresAt: number
}

interface Schema extends DBSchema {
  handles: { key: string; value: KeptHandle }
}

/** Nobody waits longer for IndexedDB: another tab may block it, and some browsers at times never open it. */
const LONGEST_WAIT_MS = 2000

export async function putHandle(key: string, kept: KeptHandle): Promise<void> {
  await withDatabase((database) => database.put('handles', kept, key))
}

export async function deleteHandle(key: string): Promise<void> {
  await withDatabase((database) => database.delete('handles', key))
}

/** By key. What has expired is deleted. */
export async function listHandles(): Promise<Map<string, FileSystemFileHandle>> {
  return await withDatabase(async (database) => {
    const handles = new Map<string, FileSystemFileHandle>()
    const { store, done } = database.transaction('handles', 'readwrite')
    for await (const cursor of store) {
      if (cursor.value.expiresAt <= Date.now()) await cursor.delete()
      else handles.set(cursor.key, cursor.value.handle)
    }
    await done
    return handles
  })
}

async function withDatabase<T>(task: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('IndexedDB does not answer.')), LONGEST_WAIT_MS)
  })
  const use = async () => {
    const database = await openDB<Schema>('partway-handles', 1, {
      upgrade: (created) => void created.createObjectStore('handles'),
    })
    try {
      return await task(database)
    } finally {
      database.close()
    }
  }
  try {
    return await Promise.race([use(), tooLate])
  } finally {
    clearTimeout(timer)
  }
}

// File handles in IndexedDB, for the next page load.

export interface KeptHandle {
  handle: FileSystemFileHandle
  /** On the clock of `Date.now()`. */
  expiresAt: number
}

const STORE = 'handles'

export async function putHandle(key: string, kept: KeptHandle): Promise<void> {
  await withStore((store) => store.put(kept, key))
}

export async function deleteHandle(key: string): Promise<void> {
  await withStore((store) => store.delete(key))
}

/** Handles by key. Deletes expired ones. */
export async function listHandles(): Promise<Map<string, FileSystemFileHandle>> {
  const handles = new Map<string, FileSystemFileHandle>()
  await withStore((store) => {
    const reading = store.openCursor()
    reading.onsuccess = () => {
      const cursor = reading.result
      if (!cursor) return
      const { handle, expiresAt }: KeptHandle = cursor.value
      if (expiresAt <= Date.now()) cursor.delete()
      else handles.set(String(cursor.key), handle)
      cursor.continue()
    }
  })
  return handles
}

/** Resolves when all requests that `use` makes are done. */
async function withStore(use: (store: IDBObjectStore) => void): Promise<void> {
  const database = await openDatabase()
  try {
    const transaction = database.transaction(STORE, 'readwrite')
    use(transaction.objectStore(STORE))
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error)
    })
  } finally {
    database.close()
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('partway-handles', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE)
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error)
  })
}

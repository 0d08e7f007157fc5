// Unfinished uploads, in IndexedDB: for the next page load. Whatever fails here costs that resume and nothing else.
import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from 'idb'
import {
  type StoredUpload,
  toAbsolute,
  toStoreKey,
  type UploadKey,
  type UploadScope,
} from './stored-upload.js'

interface Schema extends DBSchema {
  uploads: { key: string[]; value: StoredUpload; indexes: { expiresAt: number } }
}
type TicketKey = UploadKey & Pick<StoredUpload, 'ticket'>
type Database = IDBPDatabase<Schema>
type Uploads = IDBPObjectStore<Schema, ['uploads'], 'uploads', 'readwrite'>
type Task<T> = (uploads: Uploads) => Promise<T>

/** Nobody waits longer for IndexedDB: another tab may block it, and some browsers at times never open it. */
const LONGEST_WAIT_MS = 2000

// One for the page, whose plugins all see the same trouble.
let warned = false

/**
 * Keeps records of unfinished uploads. No method rejects or takes longer than two seconds: without IndexedDB (private
 * windows, sandboxed frames, a full disk) there is just nothing there, and `warn` is told, once per page.
 */
export class UploadStore {
  #opening: Promise<Database | undefined> | undefined
  #open: Database | undefined
  /** It was waited for in vain, and has not answered since. */
  #silent = false
  /** What was last asked about each upload. */
  readonly #last = new Map<string, Promise<unknown>>()

  /** @param databaseName In the page's origin. */
  constructor(
    private readonly warn: (message: string) => void,
    private readonly databaseName = 'partway',
  ) {}

  /** Opens the database ahead of its first use, which then takes less. */
  open(): void {
    void this.#connected()
  }

  /** `undefined` if there is none, or it has expired. */
  get(key: UploadKey): Promise<StoredUpload | undefined> {
    return this.#inTurn(key, async (uploads) => {
      const record = await uploads.get(toStoreKey(key))
      return record && record.expiresAt > Date.now() ? record : undefined
    })
  }

  /** Adds or replaces. Takes effect in the order of the calls, awaited or not. */
  async put(record: StoredUpload): Promise<void> {
    await this.#inTurn(record, async (uploads) => {
      try {
        await uploads.put(record, toStoreKey(record))
      } catch (error) {
        if (!record.handle) throw error
        // Not every browser stores handles in every kind of window. The rest is worth keeping.
        const { handle, ...rest } = record
        await uploads.put(rest, toStoreKey(record))
      }
    })
  }

  /**
   * Does nothing if the file has another upload by now, or this one is completed, as by another tab. Takes effect in the
   * order of the calls, awaited or not.
   */
  async delete(upload: TicketKey): Promise<void> {
    await this.#inTurn(upload, async (uploads) => {
      if (await getOpen(uploads, upload)) await uploads.delete(toStoreKey(upload))
    })
  }

  /** As {@link delete}. */
  async noteUntouched(upload: TicketKey & Pick<StoredUpload, 'untouchedFrom'>): Promise<void> {
    await this.#inTurn(upload, async (uploads) => {
      const stored = await getOpen(uploads, upload)
      if (stored) await uploads.put({ ...stored, untouchedFrom: upload.untouchedFrom }, toStoreKey(upload))
    })
  }

  /** What has not expired, the oldest first. */
  async list({ endpoint, owner }: UploadScope): Promise<StoredUpload[]> {
    const from = [toAbsolute(endpoint), owner]
    const records = await this.#inTime(
      this.#use(async (uploads) => {
        await deleteExpired(uploads)
        // An array sorts after every string.
        return await uploads.getAll(IDBKeyRange.bound(from, [...from, []]))
      }),
    )
    return (records ?? []).sort((a, b) => a.createdAt - b.createdAt)
  }

  /** After everything that was asked about the same upload before. */
  #inTurn<T>(key: UploadKey, task: Task<T>): Promise<T | undefined> {
    const line = JSON.stringify(toStoreKey(key))
    const turn = Promise.resolve(this.#last.get(line)).then(() => this.#use(task))
    this.#last.set(line, turn)
    void turn.then(() => {
      if (this.#last.get(line) === turn) this.#last.delete(line)
    })
    return this.#inTime(turn)
  }

  /** Stops waiting when it takes too long; the work itself goes on. */
  async #inTime<T>(work: Promise<T>): Promise<T | undefined> {
    const answer = work.then((result) => {
      this.#silent = false
      return result
    })
    if (this.#silent) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const tooLate = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        this.#silent = true
        this.#warnOnce('IndexedDB does not answer.')
        resolve(undefined)
      }, LONGEST_WAIT_MS)
    })
    try {
      return await Promise.race([answer, tooLate])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Never rejects. Tries twice, because the browser may have closed the connection since it was last used. */
  async #use<T>(task: Task<T>): Promise<T | undefined> {
    for (let again = true; ; again = false) {
      const database = await this.#connected()
      if (!database) return undefined
      try {
        return await transact(database, task)
      } catch (error) {
        this.#close(database)
        if (again) continue
        this.#warnOnce(error)
        return undefined
      }
    }
  }

  #connected(): Promise<Database | undefined> {
    this.#opening ??= this.#connect().catch((error) => this.#warnOnce(error))
    return this.#opening
  }

  async #connect(): Promise<Database> {
    if (!globalThis.indexedDB) throw new Error('This browser window has no IndexedDB.')
    const database: Database = await openDB<Schema>(this.databaseName, 1, {
      upgrade: (created) => {
        created.createObjectStore('uploads').createIndex('expiresAt', 'expiresAt')
      },
      // Another tab wants to change or delete the database, or the browser has deleted it.
      blocking: () => this.#close(database),
      terminated: () => this.#close(database),
    })
    this.#open = database
    // What fails here fails again in what it was opened for.
    await transact(database, deleteExpired).catch(() => {})
    return database
  }

  /** The next use opens it again. */
  #close(database: Database): void {
    database.close()
    if (this.#open !== database) return
    this.#open = undefined
    this.#opening = undefined
  }

  #warnOnce(reason: unknown): undefined {
    if (!warned) this.warn(`Uploads cannot be continued after this page is closed: ${reason}`)
    warned = true
  }
}

/** Resolves when what the task did is stored. */
async function transact<T>(database: Database, task: Task<T>): Promise<T> {
  const { store, done } = database.transaction('uploads', 'readwrite')
  const [result] = await Promise.all([task(store), done])
  return result
}

async function getOpen(uploads: Uploads, upload: TicketKey): Promise<StoredUpload | undefined> {
  const stored = await uploads.get(toStoreKey(upload))
  return stored?.ticket === upload.ticket && !stored.completed ? stored : undefined
}

const deleteExpired: Task<void> = async (uploads) => {
  const expired = await uploads.index('expiresAt').getAllKeys(IDBKeyRange.upperBound(Date.now()))
  await Promise.all(expired.map((storeKey) => uploads.delete(storeKey)))
}

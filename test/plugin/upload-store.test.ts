import 'fake-indexeddb/auto'
import { forceCloseDatabase } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { StoredUpload } from '../../plugin/src/stored-upload.js'
import type { UploadStore } from '../../plugin/src/upload-store.js'

const key = { endpoint: 'https://site.test/uploads', owner: '', fingerprint: 'f' }
const record: StoredUpload = {
  ...key,
  name: 'a.mp4',
  type: 'video/mp4',
  size: 20,
  metadata: {},
  ticket: 'ticket-1',
  checksum: 'md5',
  objectKey: 'k',
  plan: { size: 20, partSize: 8, partCount: 3 },
  expiresAt: Date.now() + 3_600_000,
  createdAt: Date.now(),
}
const expired = { ...record, expiresAt: Date.now() - 1 }

let Store: typeof UploadStore
let warnings: string[]
/** Connections that stores opened, the oldest first. */
let connections: IDBDatabase[]

const newStore = () => new Store((message) => warnings.push(message))

/** A page has its modules anew, and the browser's databases. */
async function loadPage(): Promise<void> {
  vi.resetModules()
  Store = (await import('../../plugin/src/upload-store.js')).UploadStore
}

function request<T>(made: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    made.onsuccess = () => resolve(made.result)
    made.onerror = () => reject(made.error)
  })
}

/** What is in the database, expired or not. */
async function stored(): Promise<StoredUpload[]> {
  const database = await request(indexedDB.open('partway'))
  const all = await request<StoredUpload[]>(database.transaction('uploads').objectStore('uploads').getAll())
  database.close()
  return all
}

beforeEach(async () => {
  const factory = new IDBFactory()
  vi.stubGlobal('indexedDB', factory)
  warnings = []
  connections = []
  const open = factory.open.bind(factory)
  vi.spyOn(factory, 'open').mockImplementation((...args) => {
    const opening = open(...args)
    opening.addEventListener('success', () => connections.push(opening.result))
    return opening
  })
  await loadPage()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('UploadStore', () => {
  it('keeps a record for the next page load, until it is deleted', async () => {
    await newStore().put(record)
    await loadPage()
    const store = newStore()
    expect(await store.get(key)).toEqual(record)
    await store.put({ ...record })
    expect(await newStore().get(key)).toMatchObject({})
    await store.delete(record)
    expect(await store.get(key)).toBeUndefined()
    expect(warnings).toEqual([])
  })

  it('opens nothing before it is used, and then one connection', async () => {
    const store = newStore()
    await Promise.resolve()
    expect(indexedDB.open).not.toHaveBeenCalled()
    await Promise.all([store.get(key), store.put(record), store.list(key)])
    expect(indexedDB.open).toHaveBeenCalledOnce()
  })

  it('lists an endpoint’s and owner’s uploads, the oldest first', async () => {
    vi.stubGlobal('location', { href: 'https://site.test/page' })
    const store = newStore()
    await store.put({ ...record, fingerprint: 'new', createdAt: 2 })
    await store.put({ ...record, fingerprint: 'old', createdAt: 1, endpoint: '/uploads' })
    await store.put({ ...record, endpoint: '/uploads2' })
    await store.put({ ...record, owner: 'ann' })
    const list = await store.list({ endpoint: '/uploads', owner: '' })
    expect(list.map(({ fingerprint }) => fingerprint)).toEqual(['old', 'new'])
    expect(await store.list({ endpoint: '/uploads', owner: 'ann' })).toHaveLength(1)
    expect(await store.get({ ...key, endpoint: '/uploads', fingerprint: 'new' })).toBeDefined()
  })

  it('gives no expired record, and deletes it when it lists and when it opens', async () => {
    const store = newStore()
    await store.put(expired)
    expect(await store.get(key)).toBeUndefined()
    expect(await stored()).toHaveLength(1)
    expect(await store.list(key)).toEqual([])
    expect(await stored()).toEqual([])

    await store.put(expired)
    await store.put({ ...record, fingerprint: 'g' })
    await newStore().get(key)
    expect(await stored()).toMatchObject([{ fingerprint: 'g' }])
  })

  it('notes from where on nothing is begun', async () => {
    const store = newStore()
    await store.put(record)
    await store.noteUntouched({ ...record, untouchedFrom: 7 })
    expect(await store.get(key)).toEqual({ ...record, untouchedFrom: 7 })
    await store.delete(record)
    await store.noteUntouched({ ...record, untouchedFrom: 8 })
    expect(await store.get(key)).toBeUndefined()
  })

  it('changes neither another upload of the file nor what came of it', async () => {
    const store = newStore()
    const completed = { location: 'l', key: 'k', size: 20, etag: '"e"' }
    for (const other of [
      { ...record, ticket: 'ticket-2' },
      { ...record, completed },
    ]) {
      await store.put(other)
      await store.delete(record)
      await store.noteUntouched({ ...record, untouchedFrom: 7 })
      expect(await store.get(key)).toEqual(other)
    }
  })

  it('writes in the order of the calls, also over a broken connection', async () => {
    const store = newStore()
    const writes = [store.put(record), store.delete(record), store.put({ ...record })]
    await Promise.all(writes)
    expect(await stored()).toMatchObject([{}])
    connections[0]?.close()
    for (let size = 10; size < 20; size++) void store.put({ ...record, size })
    expect(await store.get(key)).toMatchObject({})
    void store.put(record)
    await store.delete(record)
    expect(await stored()).toEqual([])
    expect(warnings).toEqual([])
  })

  it('writes in the order of the calls, also if it has to try one of them again', async () => {
    const store = newStore()
    await store.put(record)
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(function (this: IDBObjectStore) {
      const put = this.get('x')
      put.addEventListener('success', () => this.transaction.abort())
      return put as never
    })
    await Promise.all([10, 11].map((size) => store.put({ ...record, size })))
    expect(await stored()).toMatchObject([{}])
    expect(warnings).toEqual([])
  })

  it('keeps the rest of a record whose handle cannot be stored', async () => {
    const store = newStore()
    await store.put({ ...record, handle: { getFile: () => {} } as never })
    expect(await store.get(key)).toEqual(record)
    expect(warnings).toEqual([])
  })
})

describe('without a usable IndexedDB, UploadStore has nothing, and the page is told once:', () => {
  async function expectNothing(): Promise<void> {
    for (const store of [newStore(), newStore()]) {
      await store.put(record)
      expect(await store.get(key)).toBeUndefined()
      expect(await store.list(key)).toEqual([])
      await store.delete(record)
    }
    expect(warnings).toHaveLength(1)
  }

  it('there is none', async () => {
    vi.stubGlobal('indexedDB', undefined)
    await expectNothing()
    expect(warnings[0]).toMatch(/^Uploads cannot be continued after this page is closed: \w/)
  })

  it('opening throws', async () => {
    vi.mocked(indexedDB.open).mockImplementation(() => {
      throw new DOMException('access is denied for this document', 'SecurityError')
    })
    await expectNothing()
    expect(warnings[0]).toContain('SecurityError: access is denied')
  })

  it('a later version of the plugin has changed it', async () => {
    await newStore().put(record)
    const later = indexedDB.open('partway', 2)
    // The store's connection does not block it.
    ;(await request(later)).close()
    await expectNothing()
    expect(warnings[0]).toContain('VersionError')
  })

  it('the disk is full', async () => {
    const store = newStore()
    await store.put(record)
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore) {
      // As Chromium does it: the request succeeds, and then the transaction fails.
      const { transaction } = this
      const put = this.get('x')
      put.addEventListener('success', () => transaction.abort())
      vi.spyOn(transaction, 'error', 'get').mockReturnValue(new DOMException('full', 'QuotaExceededError'))
      return put as never
    })
    await store.put({ ...record })
    await store.put({ ...record })
    expect(warnings).toEqual([expect.stringContaining('QuotaExceededError: full')])
    expect(await store.get(key)).toEqual(record)
  })

  it('reading fails', async () => {
    vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementation(() => {
      throw new DOMException('Internal error.', 'UnknownError')
    })
    const store = newStore()
    expect(await store.get(key)).toBeUndefined()
    expect(await store.get(key)).toBeUndefined()
    expect(warnings).toHaveLength(1)
  })
})

describe('when its connection goes away, UploadStore opens another:', () => {
  it('closed by the browser', async () => {
    const store = newStore()
    await store.put(record)
    const closed = connections[0] as IDBDatabase
    forceCloseDatabase(closed as never)
    vi.spyOn(closed, 'transaction')
    expect(await store.get(key)).toEqual(record)
    expect(closed.transaction).not.toHaveBeenCalled()
    expect(connections).toHaveLength(2)
    expect(warnings).toEqual([])
  })

  it('closed by the browser in the middle of something', async () => {
    const store = newStore()
    await store.put(record)
    const reads = Promise.all([store.get(key), store.list(key), store.get({ ...key, fingerprint: 'g' })])
    await Promise.resolve()
    await Promise.resolve()
    forceCloseDatabase(connections[0] as never)
    expect(await reads).toEqual([record, [record], undefined])
    expect(warnings).toEqual([])
  })

  it('closed, as several notice at once', async () => {
    const store = newStore()
    await store.put(record)
    connections[0]?.close()
    const reads = ['f', 'g', 'h'].map((fingerprint) => store.get({ ...key, fingerprint }))
    vi.mocked(indexedDB.open).mockClear()
    expect(await Promise.all(reads)).toEqual([record, undefined, undefined])
    expect(indexedDB.open).toHaveBeenCalledOnce()
    expect(warnings).toEqual([])
  })

  it('the database deleted in another tab', async () => {
    const store = newStore()
    await store.put(record)
    await request(indexedDB.deleteDatabase('partway'))
    expect(await store.get(key)).toBeUndefined()
    await store.put(record)
    expect(await store.get(key)).toEqual(record)
    expect(warnings).toEqual([])
  })
})

describe('UploadStore waits two seconds at most', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  const settle = async () => {
    for (let turn = 0; turn < 50; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
  }
  /** IndexedDB does not run on the fake clock. */
  const until = async (ask: () => Promise<boolean>) => {
    while (!(await ask())) await settle()
  }

  async function expectSilence(store: UploadStore): Promise<void> {
    const all = Promise.all([store.get(key), store.list(key), store.put(record), store.delete(record)])
    let settled = false
    void all.then(() => {
      settled = true
    })
    await vi.advanceTimersByTimeAsync(1900)
    await settle()
    expect(settled).toBe(false)
    await vi.advanceTimersByTimeAsync(100)
    expect(await all).toEqual([undefined, [], undefined, undefined])
    expect(warnings).toEqual([expect.stringContaining('IndexedDB does not answer.')])
    // And then not at all.
    expect(await Promise.all([store.get(key), store.list(key)])).toEqual([undefined, []])
  }

  it('for a database that never opens', async () => {
    vi.mocked(indexedDB.open).mockImplementation(() => new IDBOpenDBRequest())
    await expectSilence(newStore())
    expect(vi.getTimerCount()).toBe(0)
  })

  it('for a database that another tab blocks, and uses it once it can', async () => {
    const other = await request(indexedDB.open('partway', 1))
    const deleting = indexedDB.deleteDatabase('partway')
    await new Promise((resolve) => deleting.addEventListener('blocked', resolve))
    const store = newStore()
    await expectSilence(store)
    other.close()
    await store.put(record)
    await until(async () => (await store.get(key))?.size === record.size)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('for a transaction of another tab, and does late what it was asked', async () => {
    const store = newStore()
    await store.put(record)
    const other = await request(indexedDB.open('partway'))
    const transaction = other.transaction('uploads', 'readwrite')
    let busy = true
    const keepBusy = () => {
      if (busy) transaction.objectStore('uploads').get('x').onsuccess = keepBusy
    }
    keepBusy()
    await expectSilence(store)
    void store.put({ ...record, size: 17 })
    busy = false
    await until(async () => (await store.get(key))?.size === 17)
  })

  it('and leaves no timer behind', async () => {
    const store = newStore()
    await store.put(record)
    await store.list(key)
    expect(vi.getTimerCount()).toBe(0)
  })
})

// What keeps file handles, on an IndexedDB in memory. Real ones: test/browser/remount.test.ts.
import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, expect, it, vi } from 'vitest'
import { deleteHandle, listHandles, putHandle } from '../../../plugin/src/upload/handle-store.js'

const HOUR_MS = 3_600_000
/** Handles are copied as plain objects here. */
const kept = (name: string) => ({
  handle: { name } as FileSystemFileHandle,
  expiresAt: Date.now() + HOUR_MS,
})
const names = async () => [...(await listHandles())].map(([key, { name }]) => `${key}: ${name}`)

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory())
  return () => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  }
})

it('keeps the last handle of a key until it is deleted', async () => {
  await putHandle('one', kept('first.txt'))
  await putHandle('one', kept('again.txt'))
  await putHandle('two', kept('second.txt'))
  expect(await names()).toEqual(['one: again.txt', 'two: second.txt'])
  await deleteHandle('one')
  expect(await names()).toEqual(['two: second.txt'])
})

it('lists no handle that has expired, and deletes it', async () => {
  await putHandle('one', kept('first.txt'))
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS })
  expect(await names()).toEqual([])
  vi.setSystemTime(0)
  expect(await names()).toEqual([])
})

it('says what cannot be kept, and keeps the rest', async () => {
  await putHandle('one', kept('first.txt'))
  const handle = { name: () => {} } as unknown as FileSystemFileHandle
  await expect(putHandle('two', { ...kept(''), handle })).rejects.toThrow('could not be cloned')
  expect(await names()).toEqual(['one: first.txt'])
})

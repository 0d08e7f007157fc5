// A large file in pages that come and go, as a browser keeps what they leave behind: for tests of going on with it.
import 'fake-indexeddb/auto'
// Loaded beforehand: the plugin's own imports of them would take time that the fake clock does not know of.
import '../../plugin/src/checksums/hash-blob.js'
import '../../plugin/src/checksums/combine-checksums.js'
import '../../plugin/src/upload/handle-store.js'
import Uppy from '@uppy/core'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import Partway, { type PartwayBody, type PartwayOptions, rememberHandle } from '../../plugin/src/index.js'
import { FakeLocks } from './fake-locks.js'
import { pass, useWorld } from './world.js'

export type Page = Uppy<Record<string, unknown>, PartwayBody>

/** Goes in six parts. */
export const large = 'abcdefghijklmnopqrstuvwxyz'
export const partText = (partNumber: number) => large.slice((partNumber - 1) * 5, partNumber * 5)
export const lastModified = 1_700_000_000_000

interface AddedFile {
  name?: string
  meta?: Record<string, unknown>
  handle?: FileSystemFileHandle
}

/** A new browser for each test of the file. */
export function useLargeFile() {
  const world = useWorld()
  /** What pages told their users. */
  const told: string[] = []
  const logged: string[] = []
  const failed: { code?: string }[] = []
  let pages: Page[] = []

  beforeEach(() => {
    pages = []
    for (const list of [told, logged, failed]) list.length = 0
    vi.stubGlobal('indexedDB', new IDBFactory())
    vi.stubGlobal('navigator', { onLine: true, locks: new FakeLocks() })
  })
  afterEach(() => {
    for (const page of pages) page.destroy()
    expect(world.current.replaced).toEqual([])
  })

  /** A page as a reload makes it: nothing is left but what the browser keeps. */
  const openPage = (options: Partial<PartwayOptions> = {}): Page => {
    const log = (...args: unknown[]) => void logged.push(args.join(' '))
    const page: Page = new Uppy({ logger: { debug: log, warn: log, error: log } })
    page.use(Partway, { endpoint: '/uploads', ...options })
    page.on('info-visible', () => told.push(...page.getState().info.map(({ message }) => String(message))))
    page.on('upload-error', (_, error) => failed.push(error as { code?: string }))
    pages.push(page)
    return page
  }

  const add = (page: Page, content = large, more: AddedFile = {}) => {
    const { handle, ...described } = more
    const data = new File([content], 'large.txt', { type: 'text/plain', lastModified })
    if (handle) rememberHandle(data, handle)
    return page.addFile({ name: 'large.txt', type: 'text/plain', data, ...described })
  }

  return {
    world,
    told,
    logged,
    failed,
    openPage,
    add,

    /** Uploads three of the six parts, then ends the page as a crash does. */
    async crashHalfway(options: Partial<PartwayOptions> = {}, handle?: FileSystemFileHandle): Promise<void> {
      const page = openPage({ ...options, limit: 1 })
      add(page, large, handle && { handle })
      world.current.onTransfer = () => (world.current.upload().parts.size < 3 ? undefined : 'hold')
      void page.upload()
      await pass(3000)
      expect(world.current.upload().parts.size).toBe(3)
      world.current.onTransfer = () => undefined
      page.destroy()
      await pass(0)
      world.current.requests.length = 0
      world.current.calls.length = 0
      logged.length = 0
    },

    async uploadIn(page: Page, ms = 5000) {
      const done = page.upload()
      await pass(ms)
      return await done
    },

    sentParts: () => world.current.requests.map(({ url }) => Number(/\/(\d+)\?/.exec(url)?.[1])),
    finished: () => world.current.content(world.current.upload()),
  }
}

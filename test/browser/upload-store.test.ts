// What another page load needs of an upload, in a real browser: its record, its lock, its file's fingerprint.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { fingerprint } from '../../plugin/src/fingerprint.js'
import type { StoredUpload } from '../../plugin/src/stored-upload.js'
import type { withUploadLock } from '../../plugin/src/upload-lock.js'
import type { UploadStore } from '../../plugin/src/upload-store.js'
import { findChromium } from '../support/find-chromium.js'

/** What the page offers to the tests. */
interface Modules {
  store: UploadStore
  warnings: string[]
  withUploadLock: typeof withUploadLock
  fingerprint: typeof fingerprint
}

declare global {
  interface Window {
    partway: Modules
    /** What happened to the lock of this page. */
    lockLog: string[]
    stopWaiting(): void
    release(): void
  }
}

const MODULES = ['fingerprint', 'upload-lock', 'upload-store']
const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import { fingerprint } from '/fingerprint.js'
  import { withUploadLock } from '/upload-lock.js'
  import { UploadStore } from '/upload-store.js'
  const warnings = []
  const store = new UploadStore((message) => warnings.push(message))
  window.partway = { store, warnings, fingerprint, withUploadLock }
</script>`

const key = { endpoint: '/uploads', owner: '', fingerprint: 'f' }
const record: StoredUpload = {
  ...key,
  name: 'a.mp4',
  type: 'video/mp4',
  size: 20,
  metadata: {},
  checksum: 'md5',
  ticket: 'ticket-1',
  objectKey: 'k',
  plan: { size: 20, partSize: 8, partCount: 3 },
  expiresAt: Date.now() + 3_600_000,
  createdAt: Date.now(),
}

let site: string
let server: Server
let origin: string
let profile: string
let context: BrowserContext

beforeAll(async () => {
  site = await mkdtemp(join(tmpdir(), 'partway-store-site-'))
  const sources = join(import.meta.dirname, '../../plugin/src')
  const entry = Object.fromEntries(MODULES.map((name) => [name, join(sources, `${name}.ts`)]))
  const lib = { entry, formats: ['es' as const] }
  await build({
    configFile: false,
    logLevel: 'warn',
    root: sources,
    build: { lib, outDir: site, emptyOutDir: true },
  })
  server = createServer(async ({ url = '' }, response) => {
    // A sandboxed document's origin is no other's, not even this server's.
    if (url === '/sandboxed') response.setHeader('content-security-policy', 'sandbox allow-scripts')
    response.setHeader('access-control-allow-origin', '*')
    const script = url.endsWith('.js')
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
    response.end(script ? await readFile(join(site, url)) : PAGE)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server?.closeAllConnections()
  server?.close()
  await rm(site, { recursive: true, force: true })
})

beforeEach(async () => {
  profile = await mkdtemp(join(tmpdir(), 'partway-store-profile-'))
  context = await startBrowser()
})
afterEach(async () => {
  await context.close()
  await rm(profile, { recursive: true, force: true, maxRetries: 5 })
})

async function startBrowser(): Promise<BrowserContext> {
  const executablePath = findChromium()
  if (!executablePath) throw new Error('No Chromium: the test run should have installed it')
  return await chromium.launchPersistentContext(profile, {
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    // As people have it.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP insecure.test 127.0.0.1',
    ],
  })
}

async function open(address = `${origin}/`): Promise<Page> {
  const page = await context.newPage()
  await page.goto(address)
  await ready(page)
  return page
}
const ready = (page: Page) => page.waitForFunction(() => 'partway' in window)
const put = (page: Page, stored = record) => page.evaluate((r) => window.partway.store.put(r), stored)
const get = (page: Page, of = key) => page.evaluate((k) => window.partway.store.get(k), of)
const list = (page: Page) => page.evaluate((k) => window.partway.store.list(k), key)
const warnings = (page: Page) => page.evaluate(() => window.partway.warnings)

describe('a record', () => {
  test('survives a reload, and another tab sees it', async () => {
    const page = await open()
    await put(page)
    await page.reload()
    await ready(page)
    expect(await get(page)).toEqual(record)
    expect(await get(await open(), { ...key, endpoint: `${origin}/uploads` })).toEqual(record)
    expect(await warnings(page)).toEqual([])
  })

  test('survives the end of the browser', async () => {
    await put(await open())
    await context.close()
    context = await startBrowser()
    const page = await open()
    expect(await list(page)).toEqual([record])
    await page.evaluate((stored) => window.partway.store.delete(stored), record)
    expect(await get(page)).toBeUndefined()
  })

  test('survives a crash of the browser', async () => {
    await put(await open())
    const crashed = new Promise((resolve) => context.once('close', resolve))
    const devtools = await context.browser()?.newBrowserCDPSession()
    devtools?.send('Browser.crash').catch(() => {})
    await crashed
    context = await startBrowser()
    expect(await get(await open())).toEqual(record)
  })

  test('keeps a file handle, through which the file is read again', async () => {
    const page = await open()
    await page.evaluate(async (r) => {
      const folder = await navigator.storage.getDirectory()
      const handle = await folder.getFileHandle('a.mp4', { create: true })
      const writable = await handle.createWritable()
      await writable.write('the file itself')
      await writable.close()
      await window.partway.store.put({ ...r, handle })
    }, record)
    await context.close()
    context = await startBrowser()
    const later = await open()
    const text = await later.evaluate(async (k) => {
      const file = await (await window.partway.store.get(k))?.handle?.getFile()
      return await file?.text()
    }, key)
    expect(text).toBe('the file itself')
  })
})

describe('the store goes on', () => {
  test('after another tab has deleted the database', async () => {
    const page = await open()
    await put(page)
    await (await open()).evaluate(
      () =>
        new Promise((resolve, reject) => {
          const deleting = indexedDB.deleteDatabase('partway')
          deleting.onsuccess = resolve
          deleting.onblocked = reject
        }),
    )
    expect(await get(page)).toBeUndefined()
    await put(page)
    expect(await list(page)).toEqual([record])
    expect(await warnings(page)).toEqual([])
  })

  test('after the user has cleared the site’s data', async () => {
    const page = await open()
    await put(page)
    const devtools = await context.newCDPSession(page)
    await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' })
    expect(await get(page)).toBeUndefined()
    await put(page)
    expect(await get(page)).toEqual(record)
    expect(await warnings(page)).toEqual([])
  })

  test('with what fits, when the disk is full', async () => {
    const page = await open()
    const devtools = await context.newCDPSession(page)
    // Chromium remembers for a while how much there was.
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 })
    // Of bytes that it cannot compress.
    const large = { ...record, name: randomBytes(1_500_000).toString('base64') }
    await put(page)
    await put(page, large)
    await put(page, large)
    expect((await get(page))?.name).toBe(record.name)
    expect(await warnings(page)).toEqual([expect.stringContaining('QuotaExceededError')])
    await devtools.send('Storage.overrideQuotaForOrigin', { origin })
    await put(page, large)
    expect((await get(page))?.name).toHaveLength(2_000_000)
  })
})

describe('without IndexedDB the store has nothing, and says so once', () => {
  async function expectNothing(page: Page): Promise<void> {
    await put(page)
    expect(await get(page)).toBeUndefined()
    expect(await list(page)).toEqual([])
    expect(await warnings(page)).toHaveLength(1)
  }

  test('where the browser has none', async () => {
    await context.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined }))
    await expectNothing(await open())
  })

  test('in a sandboxed frame, where the lock is not to be had either', async () => {
    const page = await open(`${origin}/sandboxed`)
    await expectNothing(page)
    expect((await warnings(page))[0]).toContain('SecurityError')
    expect(await runLocked(page)).toEqual(['runs'])
  })

  test('while another tab holds the database back, and later it has', async () => {
    const other = await open()
    await other.evaluate(
      () =>
        new Promise((resolve) => {
          indexedDB.open('partway', 1).onsuccess = resolve
        }),
    )
    await other.evaluate(() => void indexedDB.deleteDatabase('partway'))
    const page = await open()
    const startedAt = Date.now()
    await expectNothing(page)
    expect(Date.now() - startedAt).toBeLessThan(4000)
    await other.close()
    await expect.poll(() => get(page)).toEqual(record)
  })
})

test('on an insecure origin there are records and fingerprints, and no lock', async () => {
  const page = await open(origin.replace('127.0.0.1', 'insecure.test'))
  expect(await page.evaluate(() => [isSecureContext, 'locks' in navigator])).toEqual([false, false])
  await put(page)
  expect(await get(page)).toEqual(record)
  expect(await fingerprintOf(page)).toMatch(/^[0-9a-f]{32}$/)
  expect(await runLocked(page)).toEqual(['runs'])
})

test('a picked file has the same fingerprint in every page load; a changed one cannot be read', async () => {
  const page = await open()
  const first = await fingerprintOf(page)
  expect(first).toMatch(/^[0-9a-f]{64}$/)
  await page.reload()
  await ready(page)
  expect(await fingerprintOf(page)).toBe(first)

  await page.evaluate(() =>
    document.body.append(Object.assign(document.createElement('input'), { type: 'file' })),
  )
  const path = join(profile, 'picked.bin')
  await writeFile(path, 'x'.repeat(300_000))
  await page.locator('input').setInputFiles(path)
  const ofPicked = () =>
    page.evaluate(async () => {
      const data = document.querySelector('input')?.files?.[0]
      if (!data) throw new Error('no file chosen')
      const { name, type, size } = data
      return await window.partway
        .fingerprint({ name, type, size, data }, new AbortController().signal)
        .catch((error) => error.name)
    })
  const picked = await ofPicked()
  expect(picked).toMatch(/^[0-9a-f]{64}$/)
  expect(await ofPicked()).toBe(picked)
  await writeFile(path, 'y'.repeat(300_001))
  expect(await ofPicked()).toBe('NotReadableError')
})

describe('the lock', () => {
  test('is one tab’s at a time', async () => {
    const [one, two] = [await open(), await open()]
    expect(await runLocked(one)).toEqual(['runs'])
    expect(await runLocked(two)).toEqual(['waits'])
    await one.evaluate(() => window.release())
    await expectLog(two, ['waits', 'runs'])
  })

  test('is not waited for any more when the user says so', async () => {
    const [one, two] = [await open(), await open()]
    await runLocked(one)
    await runLocked(two)
    await two.evaluate(() => window.stopWaiting())
    await expectLog(two, ['waits', 'failed: paused'])
  })

  test.each<[string, (page: Page) => Promise<unknown>]>([
    ['closed', (page) => page.close()],
    ['reloaded', (page) => page.reload()],
    ['left', (page) => page.goto(`${origin}/elsewhere`)],
    ['crashed', (page) => page.goto('chrome://crash').catch(() => {})],
  ])('is free when its tab is %s', async (_, end) => {
    const [one, two] = [await open(), await open()]
    await runLocked(one)
    await runLocked(two)
    await end(one)
    await expectLog(two, ['waits', 'runs'])
  })

  test('stays with a page in the back/forward cache, until another tab asks for it', async () => {
    const [one, two] = [await open(), await open()]
    const leaveAndComeBack = async () => {
      await one.goto(`${origin}/elsewhere`)
      await ready(one)
      await one.goBack({ waitUntil: 'commit' })
      await ready(one)
    }
    await runLocked(one)
    await leaveAndComeBack()
    expect(await one.evaluate(() => window.lockLog)).toEqual(['runs'])
    await runLocked(two)
    await one.goto(`${origin}/elsewhere`)
    await expectLog(two, ['waits', 'runs'])
    // The browser has ended the run together with its page.
    await one.goBack({ waitUntil: 'commit' })
    await ready(one)
    expect(await one.evaluate(() => 'lockLog' in window)).toBe(false)
  })

  test('stays with a frozen page', async () => {
    const [one, two] = [await open(), await open()]
    await runLocked(one)
    const devtools = await context.newCDPSession(one)
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
    expect(await runLocked(two)).toEqual(['waits'])
    await two.evaluate(() => window.stopWaiting())
    await expectLog(two, ['waits', 'failed: paused'])
    await devtools.send('Page.setWebLifecycleState', { state: 'active' })
    await one.evaluate(() => window.release())
    expect(await runLocked(two)).toEqual(['runs'])
  })
})

/** Has the page take the lock and keep it. Gives what has happened so far. */
async function runLocked(page: Page): Promise<string[]> {
  return await page.evaluate(async () => {
    const log: string[] = []
    window.lockLog = log
    const stop = new AbortController()
    window.stopWaiting = () => stop.abort(new Error('paused'))
    await new Promise<void>((resolve) => {
      const say = (word: string) => {
        log.push(word)
        resolve()
      }
      const run = () => {
        say('runs')
        return new Promise<void>((release) => {
          window.release = release
        })
      }
      window.partway
        .withUploadLock('a', stop.signal, run, () => say('waits'))
        .catch((error) => say(`failed: ${error.message}`))
    })
    return log
  })
}

function expectLog(page: Page, log: string[]): Promise<void> {
  return expect.poll(() => page.evaluate(() => window.lockLog), { timeout: 20_000 }).toEqual(log)
}

function fingerprintOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const data = new File([new Uint8Array(300_000).fill(7)], 'a.bin', { lastModified: 1_700_000_000_000 })
    const { name, type, size } = data
    return window.partway.fingerprint({ name, type, size, data }, new AbortController().signal)
  })
}

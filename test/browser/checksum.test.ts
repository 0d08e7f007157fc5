// Part checksums in a real browser, with and without a worker.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ChecksumKind } from '@partway/server/protocol'
import { createCRC64 } from 'hash-wasm'
import Koa from 'koa'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type BuiltPage, buildPage } from '../support/build-page.js'
import { createFileFolder, type FileFolder } from '../support/files.js'
import { connectBrowser, pickFiles } from '../support/shared-browser.js'
import { longestTask } from './longest-task.js'

const MiB = 1024 ** 2
const kinds: ChecksumKind[] = ['md5', 'crc64nvme']
/** From here on, browsers call a task long. */
const LONG_TASK_MS = 50
/** The demo's. It allows a worker from its own origin, and no WebAssembly. */
const strict = "default-src 'self'; object-src 'none'; base-uri 'none'"

let browser: Browser
let files: FileFolder
let site: BuiltPage
let server: Server
let page: Page
let errors: string[]
/** For the page and its scripts. */
let policy: string | undefined
let withoutWorkerScript = false

beforeAll(async () => {
  browser = await connectBrowser()
  files = await createFileFolder()
  site = await buildPage(join(import.meta.dirname, 'checksum-page'))
  const app = new Koa()
  app.use(async (ctx, next) => {
    if (policy) ctx.set('Content-Security-Policy', policy)
    if (withoutWorkerScript && ctx.path.includes('checksum-worker')) return
    await site.serve(ctx, next)
  })
  server = createServer(app.callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(() => page?.context().close())

afterAll(async () => {
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
  await files?.remove()
})

async function open(contentSecurityPolicy?: string): Promise<void> {
  policy = contentSecurityPolicy
  errors = []
  page = await (await browser.newContext()).newPage()
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await page.waitForFunction(() => 'checksums' in window)
}

async function choose(path: string, parts: number): Promise<void> {
  await pickFiles(page.locator('input'), [{ path }])
  await page.evaluate((count) => window.checksums.cut(count), parts)
}

const all = (kind: ChecksumKind) => page.evaluate((kind) => window.checksums.all(kind), kind)

const md5OfFile = async (path: string) =>
  createHash('md5')
    .update(await readFile(path))
    .digest('base64')

/** By other implementations. */
async function expected(kind: ChecksumKind, data: Uint8Array): Promise<string> {
  if (kind === 'md5') return createHash(kind).update(data).digest('base64')
  const crc = await createCRC64('9a6c9329ac4bc9b5')
  return Buffer.from(crc.init().update(data).digest('binary')).toString('base64')
}

const ways = [
  { way: 'in a worker', contentSecurityPolicy: strict, workers: 1 },
  { way: 'on the page', contentSecurityPolicy: "worker-src 'none'", workers: 0 },
]

describe.each(ways)('$way', ({ contentSecurityPolicy, workers }) => {
  test('24 MiB in six parts at once, without a long task', async () => {
    const { path } = await files.create('24 MiB.bin', 24 * MiB)
    await open(contentSecurityPolicy)
    await choose(path, 6)
    const data = await readFile(path)
    const edge = (index: number) => Math.floor((data.length * index) / 6)
    const parts = Array.from({ length: 6 }, (_, index) => data.subarray(edge(index), edge(index + 1)))
    const longest = await longestTask(page, async () => {
      for (const kind of kinds) {
        expect(await all(kind), kind).toEqual(await Promise.all(parts.map((part) => expected(kind, part))))
      }
    })
    expect(page.workers()).toHaveLength(workers)
    expect(errors).toEqual([])
    expect(longest).toBeLessThan(LONG_TASK_MS)
  })

  test('aborted in the middle of gigabytes, and then asked again', async () => {
    const { path } = await files.create('sparse.bin', 0)
    await truncate(path, 4096 * MiB)
    await open(contentSecurityPolicy)
    await choose(path, 2)
    const stopped = page.evaluate(() => window.checksums.allUntilAborted('md5'))
    await page.waitForTimeout(200)
    await page.evaluate(() => window.checksums.abort('paused'))
    expect(await stopped).toEqual(['paused', 'paused'])
    const small = await files.create('small.bin', 1000)
    await choose(small.path, 1)
    expect(await all('md5')).toEqual([await md5OfFile(small.path)])
  })

  test('a file that was changed, cut short or deleted', async () => {
    const changes = {
      changed: (path: string) => writeFile(path, 'something else'),
      'cut short': (path: string) => truncate(path, 10),
      deleted: (path: string) => rm(path),
    }
    // Side by side: a read that fails is tried again for seconds.
    const failing = new Map<string, Promise<unknown>>()
    for (const [name, change] of Object.entries(changes)) {
      const { path } = await files.create(`${name}.bin`, 3 * MiB)
      await open(contentSecurityPolicy)
      const context = page.context()
      onTestFinished(() => context.close())
      await choose(path, 2)
      await change(path)
      failing.set(name, all('md5'))
    }
    for (const [name, failed] of failing) {
      expect(await failed, name).toEqual(['NotReadableError', 'NotReadableError'])
    }
  })

  // Without care, Chromium forgets a stream that is being read.
  test('while the browser collects its garbage', async () => {
    const { path } = await files.create('collected.bin', 24 * MiB)
    await open(contentSecurityPolicy)
    await choose(path, 1)
    const devtools = await page.context().newCDPSession(page)
    for (let round = 0; round < 4; round++) {
      let done = false
      const checksum = all('md5').finally(() => {
        done = true
      })
      while (!done) await devtools.send('HeapProfiler.collectGarbage')
      expect(await checksum).toEqual([await md5OfFile(path)])
    }
  })
})

test.each([
  ['allows only the page’s own origin', strict, 1],
  ['allows scripts and nothing else', "default-src 'none'; script-src 'self'", 1],
  ['allows no worker', "default-src 'self'; worker-src 'none'", 0],
  ['allows only workers of another origin', "default-src 'self'; worker-src blob: https://cdn.example", 0],
  ['wants trusted types', "default-src 'self'; require-trusted-types-for 'script'", 0],
])('a policy that %s', async (_, contentSecurityPolicy, workers) => {
  const { path } = await files.create('policy.bin', 2 * MiB)
  await open(contentSecurityPolicy)
  await choose(path, 1)
  expect(await all('md5')).toEqual([await md5OfFile(path)])
  expect(page.workers()).toHaveLength(workers)
  expect(errors).toEqual([])
})

test('a site that has lost the worker’s script', async () => {
  withoutWorkerScript = true
  const { path } = await files.create('lost.bin', 2 * MiB)
  await open()
  await choose(path, 1)
  expect(await all('md5')).toEqual([await md5OfFile(path)])
  expect(page.workers()).toHaveLength(0)
  expect(errors).toEqual([])
  withoutWorkerScript = false
})

// Many files under random faults, pauses and reloads, for SOAK_SECONDS (60 unless given). Every run prints its seed;
// with SOAK_SEED it makes the same choices again, as far as the same requests come in the same order.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { objectKeys, storedParts, unfinishedUploads } from '../support/bucket-contents.js'
import { buildPage } from '../support/build-page.js'
import { createRandom, randomFaults } from '../support/fault-proxy/index.js'
import { createFileFolder, type FileFolder, type SourceFile, sha256OfObject } from '../support/files.js'
import { connectBrowser } from '../support/shared-browser.js'
import { ours } from './contenders.js'
import { isServerCall, isTransfer, Run, startUpload } from './run.js'
import { openStore, type StoreUnderFault } from './store-under-fault.js'

const MiB = 1024 ** 2
const SECONDS = Number(process.env.SOAK_SECONDS ?? 60)
const SEED = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 32))
/** What a batch may take once its faults are over. */
const DEADLINE_MS = 120_000
/** How much more page and servers may hold at the end than after their first batches. */
const GROWTH_BYTES = 24 * MiB
const WARM_UP_BATCHES = 5

const random = createRandom(SEED)
const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1))
const totals = {
  batches: 0,
  files: 0,
  bytes: 0,
  sentBytes: 0,
  faults: 0,
  pauses: 0,
  reloads: 0,
  resets: 0,
  surplus: 0,
}

let store: StoreUnderFault
let folder: FileFolder
let run: Run
let tab: Page
let close: () => Promise<void>

beforeAll(async () => {
  const browser = await connectBrowser()
  const page = await buildPage(join(import.meta.dirname, 'page'))
  store = await openStore()
  folder = await createFileFolder()
  run = await Run.open({ contender: ours, store, browser, page, deadlineMs: DEADLINE_MS })
  tab = await run.openPage()
  close = async () => {
    await run.close()
    await browser.close()
    await store.close()
    await folder.remove()
  }
})
afterAll(() => close?.())

test(`for ${SECONDS} s`, { timeout: (SECONDS + 2 * 120) * 1000 }, async () => {
  console.log(`SOAK_SEED=${SEED}`)
  const held: { page: number; servers: number }[] = []
  const endsAt = performance.now() + SECONDS * 1000
  while (performance.now() < endsAt) {
    await playBatch()
    held.push({ page: await heapOfPage(), servers: heapOfServers() })
  }
  const early = held[Math.min(WARM_UP_BATCHES, held.length) - 1]
  const late = held.at(-1)
  console.log({ ...totals, early, late })
  for (const where of ['page', 'servers'] as const) {
    expect((late?.[where] ?? 0) - (early?.[where] ?? 0), `growth of ${where}`).toBeLessThan(GROWTH_BYTES)
  }
})

async function playBatch(): Promise<void> {
  const files = await createFiles()
  run.s3.add({ ...randomFaults(between(0, 2 ** 31), 0.2), match: isTransfer })
  run.app.add({ ...randomFaults(between(0, 2 ** 31), 0.2), match: isServerCall })
  const { reloads } = totals
  await startUpload(tab, files)
  for (let disturbances = between(0, 3); disturbances > 0; disturbances--) {
    // As a user would: at any time.
    await delay(between(100, 2000))
    await disturb(files)
  }
  await delay(between(0, 3000))
  run.s3.clear()
  run.app.clear()
  await untilUploaded(files)
  await checkObjects(files, totals.reloads > reloads)
  totals.batches++
  totals.files += files.length
  totals.bytes += files.reduce((sum, { size }) => sum + size, 0)
  totals.sentBytes += run.sentBytes
  totals.faults += [...run.s3.requests, ...run.app.requests].filter(({ fault }) => fault).length
  // They would count as what the servers hold.
  run.s3.forgetRequests()
  run.app.forgetRequests()
  await tab.evaluate(() => window.uppy.clear())
}

async function createFiles(): Promise<SourceFile[]> {
  const sizes = [
    ...Array.from({ length: between(1, 20) }, () => between(0, 2 * MiB)),
    ...Array.from({ length: between(0, 2) }, () => between(6 * MiB, 40 * MiB)),
  ]
  const name = (index: number) => `${totals.batches}-${index}.txt`
  return await Promise.all(
    sizes.map((size, index) => folder.create(name(index), size, `${SEED} ${name(index)}`)),
  )
}

async function disturb(files: SourceFile[]): Promise<void> {
  switch (between(0, 2)) {
    case 0:
      totals.pauses++
      await tab.evaluate(() => window.uppy.pauseAll())
      await delay(between(0, 500))
      await tab.evaluate(() => window.uppy.resumeAll())
      break
    case 1:
      totals.reloads++
      await tab.close()
      tab = await run.openPage()
      await startUpload(tab, files)
      break
    case 2:
      totals.resets++
      run.s3.resetAll()
  }
}

/** Whatever has failed is tried again, as by a user who presses "Retry". */
async function untilUploaded(files: SourceFile[]): Promise<void> {
  const isDone = (count: number) => {
    const all = window.uppy.getFiles()
    if (all.some(({ error }) => error)) void window.uppy.retryAll()
    return all.filter(({ progress }) => progress.uploadComplete).length === count
  }
  await tab.waitForFunction(isDone, files.length, { timeout: DEADLINE_MS, polling: 200 })
}

async function checkObjects(files: SourceFile[], isReloaded: boolean): Promise<void> {
  const keys = await objectKeys(store.client, run.bucket)
  const contents = await Promise.all(keys.map((key) => sha256OfObject(store.client, run.bucket, key)))
  for (const { name, sha256 } of files) expect(contents, name).toContain(sha256)
  // Where the connection to S3 breaks before an upload is written down, it is never granted: the lifecycle rule removes it, empty.
  for (const upload of await unfinishedUploads(store.client, run.bucket)) {
    expect(await storedParts(store.client, run.bucket, upload)).toEqual([])
  }
  const surplus = keys.length - files.length
  // What was done when the page was left, and small files that S3 had taken by then, are new uploads afterwards.
  if (!isReloaded) expect(surplus).toBe(0)
  totals.surplus += surplus
  for (const Key of keys) await store.client.send(new DeleteObjectCommand({ Bucket: run.bucket, Key }))
}

async function heapOfPage(): Promise<number> {
  const devtools = await run.context.newCDPSession(tab)
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  await devtools.detach()
  return usedSize
}

/** App and store run in this process. */
function heapOfServers(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

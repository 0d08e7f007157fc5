// Many files while one server after the other is killed (SIGKILL), SOAK_KILLS times (200 unless given), and the other one finishes
// what it finds. A minute takes a second for S3 and servers, so looks at the journal fall into every moment of an upload.
// Pages stay, come back, close for good and cancel. In the end all that is there is right, and nothing else is.
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { partway } from '@partway/koa'
import { Redis } from 'ioredis'
import Koa from 'koa'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Served, serve } from '../server/serve.js'
import { journalKeys, objectKeys, storedParts, unfinishedUploads } from '../support/bucket-contents.js'
import { type BuiltPage, buildPage } from '../support/build-page.js'
import { createRandom, type FaultProxy, startFaultProxy } from '../support/fault-proxy/index.js'
import { createFileFolder, type FileFolder, type SourceFile, sha256OfObject } from '../support/files.js'
import { connectBrowser } from '../support/shared-browser.js'
import { startValkey, type Valkey } from '../support/start-valkey.js'
import { type ClockSetting, moveClock, setClock } from './clock.js'
import { startUpload } from './run.js'
import { createOptions, PART_BYTES } from './soak-options.js'
import { SoakServers } from './soak-servers.js'
import { openStore, type StoreUnderFault } from './store-under-fault.js'

const KILLS = Number(process.env.SOAK_KILLS ?? 200)
const SEED = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 32))
const PEOPLE = 3
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** For everything. */
const DEADLINE_MS = 900_000

const random = createRandom(SEED)
const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1))
const fates = ['stays', 'comes back', 'closes', 'closes', 'cancels'] as const

const totals = { kills: 0, rounds: 0, files: 0, closed: 0, cancelled: 0 }
const sources = new Map<string, SourceFile>()
/** What a page has told its user to be done: the object's key by the file's name. */
const told = new Map<string, string>()
/** Of pages that stayed. */
const expected = new Set<string>()

let store: StoreUnderFault
let valkey: Valkey
let redis: Redis
let bucket: string
let s3: FaultProxy
let app: FaultProxy
let servers: SoakServers
let browser: Browser
let site: BuiltPage
let host: Served
let folder: FileFolder
const clock: ClockSetting = { from: Date.now(), speed: 60, aheadMs: 0 }

beforeAll(async () => {
  setClock(clock)
  ;[store, valkey, browser, folder, site] = await Promise.all([
    openStore(),
    startValkey(),
    connectBrowser(),
    createFileFolder(),
    buildPage(join(import.meta.dirname, 'page')),
  ])
  redis = new Redis(valkey.port, '127.0.0.1')
  bucket = await store.createBucket(['ETag'])
  s3 = await startFaultProxy({ target: store.endpoint })
  s3.link.latencyMs = 5
  s3.link.totalBytesPerSecond = 20 * 1024 ** 2
  servers = await SoakServers.open(setting())
  host = await serve(new Koa().use(site.serve).callback())
  app = await startFaultProxy({
    target: ({ path }) => (path.startsWith('/uploads/') ? servers.origin : host.origin),
  })
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([app?.close(), s3?.close(), host?.close(), servers?.close()])
  await redis?.quit()
  await Promise.all([store?.close(), valkey?.stop(), folder?.remove()])
})

const setting = () => ({
  bucket,
  region: store.region,
  endpoint: s3.origin,
  credentials: store.credentials,
  valkeyPort: valkey.port,
  clock,
})

test(`${KILLS} kills`, { timeout: DEADLINE_MS }, async () => {
  console.log(`SOAK_SEED=${SEED}`)
  await Promise.all([kill(), ...Array.from({ length: PEOPLE }, uploadUntilTheEnd)])
  await servers.stop()
  await finishAll()
  await check()
})

async function kill(): Promise<void> {
  while (totals.kills < KILLS) {
    const earlier = countAnswered()
    await delay(between(0, 1000))
    // On a slow machine nothing would ever be answered.
    await vi.waitUntil(() => countAnswered() > earlier, { timeout: DEADLINE_MS, interval: 10 })
    await servers.kill(between(0, 1))
    totals.kills++
  }
}

function countAnswered(): number {
  return app.requests.filter(({ path, status }) => path.startsWith('/uploads/') && status === 200).length
}

async function uploadUntilTheEnd(): Promise<void> {
  const context = await browser.newContext()
  while (totals.kills < KILLS) {
    const page = await context.newPage()
    await upload(await open(page))
    await page.close()
  }
  await context.close()
}

async function open(page: Page): Promise<Page> {
  await page.goto(`${app.origin}/?uploader=partway`)
  await page.waitForFunction(() => 'uppy' in window)
  return page
}

async function upload(page: Page): Promise<void> {
  const fate = fates[between(0, fates.length - 1)]
  const files = await createFiles(totals.rounds++)
  totals.files += files.length
  await startUpload(page, files)
  if (fate !== 'stays') await delay(between(0, 2500))
  switch (fate) {
    case 'closes':
      totals.closed += files.length
      return
    case 'cancels':
      totals.cancelled += files.length
      await page.evaluate(() => window.uppy.cancelAll())
      return await delay(between(0, 1500))
    case 'comes back':
      await startUpload(await open(page), files)
      break
    default:
      for (const { name } of files) expected.add(name)
  }
  await untilUploaded(page, files.length)
}

async function createFiles(round: number): Promise<SourceFile[]> {
  const sizes = [
    ...Array.from({ length: between(1, 12) }, () => between(0, 512 * 1024)),
    between(PART_BYTES + 1, 4 * PART_BYTES),
  ]
  const files = await Promise.all(
    sizes.map((size, index) => folder.create(`${round}-${index}.txt`, size, `${SEED} ${round}-${index}`)),
  )
  for (const file of files) sources.set(file.name, file)
  return files
}

/** Whatever has failed is tried again, as by a user who presses "Retry". */
async function untilUploaded(page: Page, count: number): Promise<void> {
  const isDone = (wanted: number) => {
    const all = window.uppy.getFiles()
    if (all.some(({ error }) => error)) void window.uppy.retryAll()
    return all.filter(({ progress }) => progress.uploadComplete).length === wanted
  }
  await page.waitForFunction(isDone, count, { timeout: DEADLINE_MS, polling: 200 })
  const urls = await page.evaluate(() =>
    window.uppy.getFiles().map(({ name, uploadURL }) => [name, uploadURL]),
  )
  for (const [name = '', url = ''] of urls) {
    told.set(name, decodeURIComponent(new URL(url).pathname).slice(`/${bucket}/`.length))
  }
}

/** Nobody is there any more but one server, and time goes by until nothing can come of what was left. */
async function finishAll(): Promise<void> {
  const notes = servers.createNotes()
  const note = (...words: string[]) => appendFile(notes, `${words.join(' ')}\n`)
  const uploads = partway(createOptions({ ...setting(), notes }, redis, note))
  // Forms expire in hours, tickets in days; what a look leaves is for the next one.
  for (const ms of [0, 20 * MINUTE, 2 * HOUR, HOUR, 8 * 24 * HOUR, HOUR, 2 * HOUR, 2 * HOUR]) {
    moveClock(ms)
    await uploads.finish()
  }
  await uploads.close()
}

async function check(): Promise<void> {
  const { client } = store
  const notes = await servers.readNotes()
  const noted = (what: string) => notes.filter(([first]) => first === what)
  const heard = new Set(noted('completed').map(([, key = '']) => key))
  const granted = new Set(noted('granted').map(([, key = '']) => key))
  const keys = await objectKeys(client, bucket)
  const left = await unfinishedUploads(client, bucket)
  const counted = await readQuota()
  const errors = new Map<string, number>()
  for (const [, ...words] of noted('error')) {
    const message = words.join(' ').slice(0, 150)
    errors.set(message, (errors.get(message) ?? 0) + 1)
  }
  console.log({
    ...totals,
    objects: keys.length,
    byFinisher: new Set(
      noted('completed')
        .filter(([, , by]) => by === 'finisher')
        .map(([, key]) => key),
    ).size,
    heardAgain: noted('completed').length - heard.size,
    neverGranted: { uploads: left.length, reserved: counted.reserved.length },
    errors,
  })

  expect(
    keys.filter((key) => !heard.has(key)),
    'unheard of',
  ).toEqual([])
  const wrong: string[] = []
  for (const key of keys) {
    if ((await sha256OfObject(client, bucket, key)) !== sources.get(nameOf(key))?.sha256) wrong.push(key)
  }
  expect(wrong, 'with other bytes').toEqual([])
  expect(
    [...told.values()].filter((key) => !keys.includes(key)),
    'told as done, and not there',
  ).toEqual([])
  expect(
    [...told].filter(([name, key]) => nameOf(key) !== name),
    'told as another file',
  ).toEqual([])
  const copies = (name: string) => keys.filter((key) => nameOf(key) === name).length
  expect(
    [...expected].filter((name) => copies(name) !== 1),
    'not one object of',
  ).toEqual([])
  expect(await journalKeys(client, bucket), 'entries').toEqual([])
  // What a killed server had begun and not written down: nobody was granted it, and nothing has arrived.
  const parts = await Promise.all(left.map((upload) => storedParts(client, bucket, upload)))
  expect(parts.flat(), 'parts').toEqual([])
  expect(
    left.filter(({ Key = '' }) => granted.has(Key)),
    'granted, and left',
  ).toEqual([])
  const ids = (of: Iterable<string>) => [...of].map(idOf).toSorted()
  expect(counted.done.toSorted(), 'the quota').toEqual(ids(keys))
  const grantedIds = new Set(ids(granted))
  expect(
    counted.reserved.filter((id) => grantedIds.has(id)),
    'granted, and counted for ever',
  ).toEqual([])
}

/** `<owner>/<id>/<name>` */
const nameOf = (key: string) => key.slice(key.lastIndexOf('/') + 1)
const idOf = (key: string) => key.split('/').at(-2) ?? ''

/** Ids that count: of what has ended, and of what was begun only. */
async function readQuota(): Promise<{ done: string[]; reserved: string[] }> {
  const read = async (set: string) => {
    const [name] = await redis.keys(`*:${set}`)
    return name ? await redis.zrange(name, '0', '-1') : []
  }
  const reserved = await read('unfinished')
  const done = (await read('window')).filter((id) => !reserved.includes(id))
  return { done, reserved }
}

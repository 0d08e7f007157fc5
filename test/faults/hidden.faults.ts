// A page in the background for over five minutes, when Chromium wakes chained timers once a minute only: the upload goes on, and what
// fails is tried again within seconds. Takes seven minutes.

import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { partway } from '@partway/koa'
import Koa from 'koa'
import { type Browser, launch } from 'puppeteer-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isPart } from '../browser/count-sent-parts.js'
import { type Served, serve, testOptions } from '../server/serve.js'
import { objectKeys } from '../support/bucket-contents.js'
import { buildPage } from '../support/build-page.js'
import { type FaultProxy, s3Error, startFaultProxy } from '../support/fault-proxy/index.js'
import { createFileFolder, type FileFolder, sha256OfObject } from '../support/files.js'
import { findChromium } from '../support/find-chromium.js'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'

const MiB = 1024 ** 2
/** Longer than it takes until Chromium throttles timers intensively. */
const HIDDEN_MS = 330_000
const REFUSALS = 4
/** Switches with which drivers keep pages in the background awake, as no user's browser does. */
const AWAKE = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
]

let s3: S3UnderTest
let bucket: string
let line: FaultProxy
let host: Served
let files: FileFolder
let browser: Browser

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client)
  line = await startFaultProxy({ target: s3.endpoint })
  const site = await buildPage(join(import.meta.dirname, '../browser/core-path-page'))
  const app = new Koa()
  app.use(partway(testOptions(s3, bucket, { endpoint: line.origin, owner: () => 'ada', partSize: 5 * MiB })))
  app.use(site.serve)
  host = await serve(app.callback())
  files = await createFileFolder()
  browser = await launch({
    executablePath: findChromium() ?? '',
    ignoreDefaultArgs: AWAKE,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
  await line?.close()
  await s3?.close()
  await files?.remove()
})

test('an upload goes on in a hidden page, and so do its retries', { timeout: 900_000 }, async () => {
  const file = await files.create('hidden.bin', 80 * MiB)
  // It would take longer than the page is hidden.
  line.link.totalBytesPerSecond = file.size / ((HIDDEN_MS + 60_000) / 1000)
  const page = await browser.newPage()
  await page.goto(host.origin)
  const input = await page.waitForSelector('input.uppy-Dashboard-input:not([webkitdirectory])')
  await (await input?.toElement('input'))?.uploadFile(file.path)
  await page.locator('.uppy-StatusBar-actionBtn--upload').click()
  const front = await browser.newPage()
  await front.bringToFront()
  expect(await page.evaluate(() => document.visibilityState)).toBe('hidden')

  // Nothing but time makes the browser throttle it.
  await delay(HIDDEN_MS)
  const before = line.requests.length
  line.add({ match: isPart, times: REFUSALS, action: s3Error(503, 'SlowDown') })
  line.link.totalBytesPerSecond = Number.POSITIVE_INFINITY
  const brokenAt = performance.now()
  await page.waitForSelector('.uppy-StatusBar.is-complete', { timeout: 300_000 })
  const seconds = ((performance.now() - brokenAt) / 1000).toFixed(1)
  console.log(
    `${line.requests.length - before} requests and ${REFUSALS} refusals later, after ${seconds} s, it was done`,
  )

  expect(await page.evaluate(() => document.visibilityState)).toBe('hidden')
  const [key = '', ...others] = await objectKeys(s3.client, bucket)
  expect(others).toEqual([])
  expect(await sha256OfObject(s3.client, bucket, key)).toBe(file.sha256)
})

// The core path in stock Firefox: upload, pause, resume, reload, cancel. What arrives is counted in front of S3.
import { join } from 'node:path'
import { partway } from '@partway/koa'
import Koa from 'koa'
import type { Browser } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Served, serve, testOptions } from '../server/serve.js'
import { objectKeys, partsOfOnlyUpload, unfinishedUploads } from '../support/bucket-contents.js'
import { type BuiltPage, buildPage } from '../support/build-page.js'
import { type FaultProxy, halfOpen, type SeenRequest, startFaultProxy } from '../support/fault-proxy/index.js'
import { createFileFolder, type FileFolder, type SourceFile, sha256OfObject } from '../support/files.js'
import { findFirefox, launchFirefox } from '../support/firefox.js'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { countSentParts, isPart, partNumberOf, type SentParts } from './count-sent-parts.js'
import { otherParts } from './expect-stored.js'
import { FirefoxPage } from './firefox-page.js'

const MiB = 1024 ** 2
const PARTS = 13
const partSize = 5 * MiB
const SIZE = PARTS * partSize
/** Those that get through at first. */
const EARLY = [1, 2, 3, 4, 5, 6]

const firefox = findFirefox()
const place = firefox ?? 'SKIPPED, no firefox-esr and no firefox on the PATH, and no FIREFOX_PATH'
// The names of skipped tests are not printed.
if (!firefox) console.warn(`The core path in Firefox: ${place}`)

describe.skipIf(!firefox)(`Firefox (${place})`, () => {
  let s3: S3UnderTest
  let line: FaultProxy
  let bucket: string
  let site: BuiltPage
  let host: Served
  let files: FileFolder
  let browser: Browser
  let page: FirefoxPage

  beforeAll(async () => {
    s3 = await openS3()
    line = await startFaultProxy({ target: s3.endpoint })
    site = await buildPage(join(import.meta.dirname, 'core-path-page'))
    files = await createFileFolder()
    browser = await launchFirefox()
  })
  afterAll(async () => {
    await browser?.close()
    await line?.close()
    await s3?.close()
    await files?.remove()
  })
  beforeEach(async () => {
    line.clear()
    bucket = await createBucket(s3.client)
    const app = new Koa()
    app.use(partway(testOptions(s3, bucket, { endpoint: line.origin, owner: () => 'ada', partSize })))
    app.use(site.serve)
    host = await serve(app.callback())
    page = await FirefoxPage.open(browser, host.origin)
  })
  afterEach(async () => {
    await page?.close()
    await host?.close()
  })

  /** Uploads until S3 has the early parts and the line has stopped in the middle of others. */
  async function uploadSome(file: SourceFile): Promise<void> {
    const match = (request: SeenRequest) => isPart(request) && !EARLY.includes(partNumberOf(request))
    line.add({ match, action: halfOpen(MiB) })
    const stored = page.untilPartsStored(EARLY.length)
    await page.upload(file)
    await stored
  }

  /** From now on everything gets through, and what is sent is counted. */
  function countSent(): SentParts {
    line.clear()
    return countSentParts(line)
  }

  /** None of the parts that S3 had is sent again, and the object is the file. */
  async function expectRest(sent: SentParts, file: SourceFile): Promise<void> {
    expect(sent.parts().toSorted((a, b) => a - b)).toEqual(otherParts(PARTS, EARLY))
    expect(sent.bytes()).toBe(SIZE - EARLY.length * partSize)
    expect(sent.withoutMd5()).toEqual([])
    await expectStored(file)
  }

  async function expectStored(file: SourceFile): Promise<void> {
    const [key = '', ...others] = await objectKeys(s3.client, bucket)
    expect(others).toEqual([])
    expect(await sha256OfObject(s3.client, bucket, key)).toBe(file.sha256)
    expect(await unfinishedUploads(s3.client, bucket)).toEqual([])
    expect(page.errors).toEqual([])
  }

  test('a small file goes in one form', async () => {
    const file = await files.create('small.txt', 1234)
    line.forgetRequests()
    await page.upload(file)
    await page.untilComplete()
    expect(line.requests.map(({ method }) => method)).toContain('POST')
    await expectStored(file)
  })

  test('pause, and resume in the same page', async () => {
    const file = await files.create('pause.bin', SIZE)
    await uploadSome(file)
    await page.pause()
    await page.untilPaused()
    const sent = countSent()
    expect(await partsOfOnlyUpload(s3.client, bucket)).toEqual(EARLY)
    expect(sent.parts()).toEqual([])
    await page.resume()
    await page.untilComplete()
    await expectRest(sent, file)
  })

  test('pause, reload, and resume with the same file', async () => {
    const file = await files.create('reload.bin', SIZE)
    await uploadSome(file)
    await page.pause()
    await page.untilPaused()
    await page.reload()
    expect(await partsOfOnlyUpload(s3.client, bucket)).toEqual(EARLY)
    const sent = countSent()
    const told = page.untilTold('Resuming “reload.bin” at')
    await page.upload(file)
    await told
    await page.untilComplete()
    await expectRest(sent, file)
  })

  test('cancel leaves neither a part nor an object on S3', async () => {
    await uploadSome(await files.create('cancel.bin', SIZE))
    expect(await unfinishedUploads(s3.client, bucket)).toHaveLength(1)
    const aborted = page.untilAnswered('/uploads/abort')
    await page.cancel()
    expect(await aborted).toBe(200)
    expect(await unfinishedUploads(s3.client, bucket)).toEqual([])
    expect(await objectKeys(s3.client, bucket)).toEqual([])
  })
})

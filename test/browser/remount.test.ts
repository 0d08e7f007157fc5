// Uploads that go on after the uploader was unmounted, and with Golden Retriever after a reload.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { partway, type UploadedObject } from '@partway/koa'
import Koa from 'koa'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Served, serve, testOptions } from '../server/serve.js'
import { partsOfOnlyUpload, unfinishedUploads } from '../support/bucket-contents.js'
import { type BuiltPage, buildPage } from '../support/build-page.js'
import { createFileFolder, type FileFolder, type SourceFile, sha256OfObject } from '../support/files.js'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { connectBrowser } from '../support/shared-browser.js'
import { DemoPage } from './demo-page.js'
import { expectOnlyMissing } from './expect-stored.js'

declare global {
  interface Window {
    remount(): void
    uploadOwnFile(name: string, size: number): Promise<void>
    continueUnfinished(): Promise<number>
    unfinished(): Promise<{ name: string; size: number; bytesUploaded: number; hasHandle: boolean }[]>
  }
}

const MiB = 1024 ** 2
const partSize = 5 * MiB
const SIZE = 6 * partSize

let s3: S3UnderTest
let bucket: string
let host: Served
let browser: Browser
let files: FileFolder
let site: BuiltPage
let page: DemoPage
let completed: UploadedObject[]

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client)
  browser = await connectBrowser()
  files = await createFileFolder()
  site = await buildPage(join(import.meta.dirname, 'remount-page'))
  const app = new Koa()
  const onComplete = (object: UploadedObject) => void completed.push(object)
  app.use(partway(testOptions(s3, bucket, { owner: () => 'ada', partSize, onComplete })))
  app.use(site.serve)
  host = await serve(app.callback())
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
  await s3?.close()
  await files?.remove()
})
beforeEach(() => {
  completed = []
})
afterEach(() => page.close())

const uploadHalf = (file: SourceFile) => page.uploadUntilStored(file, 3)
const partsOnS3 = () => partsOfOnlyUpload(s3.client, bucket)

async function expectStored(file: SourceFile): Promise<void> {
  expect(completed).toMatchObject([{ size: file.size, metadata: { name: file.name } }])
  expect(await sha256OfObject(s3.client, bucket, completed[0]?.key ?? '')).toBe(file.sha256)
  expect(await unfinishedUploads(s3.client, bucket)).toEqual([])
  expect(page.errors).toEqual([])
}

test('destroy() and mount again: the upload stays, is listed, and goes on', async () => {
  page = await DemoPage.open(browser, host.origin)
  const file = await files.create('unmounted.txt', SIZE)
  await uploadHalf(file)
  await page.page.evaluate(() => window.remount())
  const kept = await partsOnS3()
  const [listed] = await page.page.evaluate(() => window.unfinished())
  expect(listed).toMatchObject({ name: file.name, size: file.size, hasHandle: false })
  expect(listed?.bytesUploaded).toBeGreaterThanOrEqual(3 * partSize)
  await page.letGo()
  const sent = page.watchSentParts()
  await page.upload([file])
  await page.untilComplete()
  expectOnlyMissing(sent, kept)
  await expectStored(file)
})

test('Golden Retriever brings the file back after a reload, and the upload goes on', async () => {
  page = await DemoPage.open(browser, `${host.origin}/?retriever`)
  const file = await files.create('retrieved.txt', SIZE)
  await uploadHalf(file)
  await page.page.reload()
  const resume = page.page.locator('.uppy-StatusBar-actionBtn--upload')
  await resume.waitFor()
  const kept = await partsOnS3()
  await page.letGo()
  const sent = page.watchSentParts()
  await resume.click()
  await page.untilComplete()
  expectOnlyMissing(sent, kept)
  await expectStored(file)
})

test('a file whose handle the page remembered goes on by itself, after a restart', async () => {
  page = await DemoPage.open(browser, host.origin)
  const size = SIZE
  await page.holdFrom(3, () => page.page.evaluate((size) => window.uploadOwnFile('own.txt', size), size))
  await page.page.reload()
  const kept = await partsOnS3()
  expect(await page.page.evaluate(() => window.unfinished())).toMatchObject([
    { name: 'own.txt', hasHandle: true },
  ])
  await page.letGo()
  const sent = page.watchSentParts()
  expect(await page.page.evaluate(() => window.continueUnfinished())).toBe(1)
  await page.untilComplete()
  expectOnlyMissing(sent, kept)
  expect(completed).toMatchObject([{ size, metadata: { name: 'own.txt', album: 'own' } }])
  const hash = createHash('sha256')
  for (let n = 0; n < size / MiB; n++) hash.update(Buffer.alloc(MiB, n))
  expect(await sha256OfObject(s3.client, bucket, completed[0]?.key ?? '')).toBe(hash.digest('hex'))
  expect(page.errors).toEqual([])
})

test('with askBeforeUnload the browser asks before an upload is left, and only then', async () => {
  page = await DemoPage.open(browser, `${host.origin}/?ask`)
  const file = await files.create('left.txt', SIZE)
  const asked: string[] = []
  page.page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    void dialog.accept()
  })
  await uploadHalf(file)
  await page.page.reload()
  expect(asked).toEqual(['beforeunload'])
  await page.letGo()
  await page.upload([file])
  await page.untilComplete()
  await page.page.reload()
  expect(asked).toEqual(['beforeunload'])
  await expectStored(file)
})

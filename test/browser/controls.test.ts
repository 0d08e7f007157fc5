// Pause, resume, cancel and retry, with the Dashboard's own buttons.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.js'
import { objectKeys, storedParts, unfinishedUploads } from '../support/bucket-contents.js'
import { type DemoUnderTest, openDemo } from '../support/demo-under-test.js'
import { createFileFolder, type FileFolder, type SourceFile, sha256OfObject } from '../support/files.js'
import { DemoPage } from './demo-page.js'

const MiB = 1024 ** 2

let under: DemoUnderTest
let browser: Browser
let files: FileFolder
let demo: DemoPage

beforeAll(async () => {
  under = await openDemo()
  browser = await launchBrowser()
  files = await createFileFolder()
})

afterAll(async () => {
  await browser?.close()
  await under?.close()
  await files?.remove()
})

beforeEach(async () => {
  demo = await DemoPage.open(browser, under.demo.address)
})
afterEach(() => demo.close())

test('pause sends nothing more; resume sends only what is missing', async () => {
  const file = await files.create('pause.txt', 100 * MiB)
  await uploadSome(file)
  await demo.pause()
  const kept = await partsOnS3()
  const sent = demo.watchSentParts()
  await demo.limitUploadSpeed(-1)
  expect(await partsOnS3()).toEqual(kept)
  expect(sent).toEqual([])

  await demo.resume()
  await demo.untilComplete()
  expect(sent.toSorted((a, b) => a - b)).toEqual(numbersUpTo(13).filter((number) => !kept.includes(number)))
  await expectStored(file)
})

test('cancel leaves neither a part nor an object on S3', async () => {
  const before = await objectKeys(under.s3.client, under.bucket)
  await uploadSome(await files.create('cancel.txt', 100 * MiB))
  expect(await unfinishedUploads(under.s3.client, under.bucket)).toHaveLength(1)
  const aborted = demo.page.waitForResponse((response) => response.url().endsWith('/abort'))
  await demo.cancel()
  expect((await aborted).status()).toBe(200)
  expect(await unfinishedUploads(under.s3.client, under.bucket)).toEqual([])
  expect(await objectKeys(under.s3.client, under.bucket)).toEqual(before)
})

test('a signing server that fails for a moment is not noticed', async () => {
  const file = await files.create('server error.txt', 40 * MiB)
  let failures = 3
  await demo.page.route('**/uploads/{create,sign,complete}', (route) =>
    failures-- > 0 ? route.fulfill({ status: 500, body: 'Internal Server Error' }) : route.continue(),
  )
  await demo.upload([file])
  await demo.untilComplete()
  expect(failures).toBeLessThan(0)
  await expectStored(file)
})

test('after an error that a person must mend, retry goes on with the parts that are there', async () => {
  const file = await files.create('retry.txt', 300 * MiB)
  await uploadSome(file)
  const cookies = await demo.context.cookies()
  await demo.context.clearCookies()
  await demo.untilFailed()
  expect(await demo.errorDetails()).toContain('Sign in to upload.')
  const kept = await partsOnS3()
  const sent = demo.watchSentParts()

  await demo.context.addCookies(cookies)
  await demo.limitUploadSpeed(-1)
  await demo.retry()
  await demo.untilComplete()
  expect(sent.filter((partNumber) => kept.includes(partNumber))).toEqual([])
  await expectStored(file)
})

/** Starts an upload that is slow enough to be acted upon, and waits until S3 has some of its parts. */
async function uploadSome(file: SourceFile): Promise<void> {
  await demo.limitUploadSpeed(20 * MiB)
  await demo.add([file])
  const stored = demo.untilPartsStored(3)
  await demo.startUpload()
  await stored
}

/** The part numbers that S3 has of the one unfinished upload; at least one. */
async function partsOnS3(): Promise<number[]> {
  const [upload] = await unfinishedUploads(under.s3.client, under.bucket)
  if (!upload) throw new Error('no unfinished upload on S3')
  const numbers = await storedParts(under.s3.client, under.bucket, upload)
  expect(numbers.length).toBeGreaterThan(0)
  return numbers
}

async function expectStored(file: SourceFile): Promise<void> {
  const [entry] = (await demo.stored()).filter(({ name }) => name === file.name)
  const key = decodeURIComponent(new URL(entry?.url ?? '').pathname.slice(`/${under.bucket}/`.length))
  expect(await sha256OfObject(under.s3.client, under.bucket, key)).toBe(file.sha256)
  expect(await unfinishedUploads(under.s3.client, under.bucket)).toEqual([])
}

function numbersUpTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}

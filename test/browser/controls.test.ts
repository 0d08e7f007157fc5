// Pause, resume, cancel and retry, with the Dashboard's own buttons.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { objectKeys, partsOfOnlyUpload, unfinishedUploads } from '../support/bucket-contents.js'
import { type DemoInBrowser, openDemoInBrowser } from '../support/demo-in-browser.js'
import type { SourceFile } from '../support/files.js'
import { DemoPage } from './demo-page.js'
import { expectOnlyMissing, expectStored } from './expect-stored.js'

const MiB = 1024 ** 2
/** Of six parts. */
const SIZE = 30 * MiB

let under: DemoInBrowser
let demo: DemoPage

beforeAll(async () => {
  under = await openDemoInBrowser()
})
afterAll(() => under?.close())

beforeEach(async () => {
  demo = await DemoPage.open(under.browser, under.demo.address)
})
afterEach(() => demo.close())

/** Starts an upload that is slow enough to be acted upon, and waits until S3 has some of its parts. */
const uploadSome = (file: SourceFile) => demo.uploadUntilStored(file, 3)
const partsOnS3 = () => partsOfOnlyUpload(under.client, under.bucket)

test('pause sends nothing more; resume sends only what is missing', async () => {
  const file = await under.files.create('pause.txt', SIZE)
  const partsUnderWay = demo.watchPartsUnderWay()
  await uploadSome(file)
  const brokenOff = demo.page.waitForEvent('requestfailed')
  await demo.pause()
  await brokenOff
  await expect.poll(partsUnderWay).toBe(0)
  const sent = demo.watchSentParts()
  await demo.letGo()
  const kept = await partsOnS3()
  expect(sent).toEqual([])

  await demo.resume()
  await demo.untilComplete()
  expectOnlyMissing(sent, kept)
  await expectStored(demo, file, under)
})

test('cancel leaves neither a part nor an object on S3', async () => {
  const before = await objectKeys(under.client, under.bucket)
  await uploadSome(await under.files.create('cancel.txt', SIZE))
  expect(await unfinishedUploads(under.client, under.bucket)).toHaveLength(1)
  const aborted = demo.page.waitForResponse((response) => response.url().endsWith('/abort'))
  await demo.cancel()
  expect((await aborted).status()).toBe(200)
  expect(await unfinishedUploads(under.client, under.bucket)).toEqual([])
  expect(await objectKeys(under.client, under.bucket)).toEqual(before)
})

test('a signing server that fails for a moment is not noticed', async () => {
  const file = await under.files.create('server error.txt', 40 * MiB)
  let failures = 3
  await demo.page.route('**/uploads/{create,sign,complete}', (route) =>
    failures-- > 0 ? route.fulfill({ status: 500, body: 'Internal Server Error' }) : route.continue(),
  )
  await demo.upload([file])
  await demo.untilComplete()
  expect(failures).toBeLessThan(0)
  await expectStored(demo, file, under)
})

test('after an error that a person must mend, retry goes on with the parts that are there', async () => {
  const file = await under.files.create('retry.txt', SIZE)
  await uploadSome(file)
  const cookies = await demo.context.cookies()
  await demo.context.clearCookies()
  await demo.letGo()
  await demo.untilFailed()
  expect(await demo.errorDetails()).toContain('Sign in to upload.')
  const kept = await partsOnS3()
  const sent = demo.watchSentParts()

  await demo.context.addCookies(cookies)
  await demo.retry()
  await demo.untilComplete()
  // All of them may have been signed before, so that only the completion was refused.
  expect(kept).not.toEqual([])
  expect(sent.filter((partNumber) => kept.includes(partNumber))).toEqual([])
  await expectStored(demo, file, under)
})

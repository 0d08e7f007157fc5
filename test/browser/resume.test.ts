// Uploads that go on after a reload, a crash, in another tab: what S3 has is not sent again, and the object is right.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UploadPartCommand } from '@aws-sdk/client-s3'
import type { BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { killBrowser, launchProfile } from '../support/browser.js'
import { objectKeys, partsOfOnlyUpload, unfinishedUploads } from '../support/bucket-contents.js'
import { type DemoInBrowser, openDemoInBrowser } from '../support/demo-in-browser.js'
import { type SourceFile, sha256OfObject } from '../support/files.js'
import { DemoPage } from './demo-page.js'
import { expectOnlyMissing, expectStored } from './expect-stored.js'

const MiB = 1024 ** 2
const PARTS = 6
const SIZE = PARTS * 5 * MiB

let under: DemoInBrowser
let context: BrowserContext

beforeAll(async () => {
  under = await openDemoInBrowser()
})
afterAll(() => under?.close())
beforeEach(async () => {
  context = await under.browser.newContext()
})
afterEach(() => context.close())

const openTab = (place = context) => DemoPage.openIn(place, under.demo.address)

/** Uploads a file in the tab until S3 has about half of its parts. */
const uploadHalf = (demo: DemoPage, file: SourceFile) => demo.uploadUntilStored(file, 3)
const partsOnS3 = () => partsOfOnlyUpload(under.client, under.bucket)

/** Gives up the only upload that the page lists. */
async function discardOnly({ page }: DemoPage): Promise<void> {
  const list = page.locator('#unfinished')
  await list.getByRole('button', { name: /^Discard/ }).click()
  await list.waitFor({ state: 'hidden' })
}

/** Adds the file in the tab, uploads it to the end, and gives the parts that were sent. */
async function finish(demo: DemoPage, file: SourceFile): Promise<number[]> {
  const sent = demo.watchSentParts()
  await demo.upload([file])
  await demo.untilComplete()
  return sent
}

test('after a reload, the file that is added again goes on, and the user is told', async () => {
  const file = await under.files.create('reload.txt', SIZE)
  const demo = await openTab()
  await uploadHalf(demo, file)
  await demo.page.reload()
  const kept = await partsOnS3()
  await demo.letGo()
  const told = demo.untilTold(/Resuming “reload\.txt” at [3-9]\d %\./)
  expectOnlyMissing(await finish(demo, file), kept)
  await told
  await expectStored(demo, file, under)
  expect(demo.errors).toEqual([])
})

test('where the browser keeps nothing, as in some private windows, the file is uploaded anew', async () => {
  await context.addInitScript(() => {
    const refuse = () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError')
    }
    Object.defineProperty(window, 'localStorage', { get: refuse })
    Object.defineProperty(window, 'indexedDB', { get: refuse })
  })
  const file = await under.files.create('private.txt', SIZE)
  const demo = await openTab()
  await uploadHalf(demo, file)
  await demo.page.reload()
  // The server knows it all the same, as an upload of somebody who is signed in.
  await discardOnly(demo)
  await demo.letGo()
  expect(await finish(demo, file)).toHaveLength(PARTS)
  await expectStored(demo, file, under)
  expect(demo.errors).toEqual([])
})

test('after a kill -9 of the browser, in a new one with the same profile', async () => {
  const profile = await mkdtemp(join(tmpdir(), 'partway-profile-'))
  onTestFinished(() => rm(profile, { recursive: true, force: true }))
  const file = await under.files.create('crash.txt', SIZE)
  // Chromium writes new cookies and the page's secret after a while, or when it is closed as it should be.
  const first = await launchProfile(profile)
  const { page } = await openTab(first)
  await page.waitForFunction(() => localStorage.getItem('partway') !== null)
  await first.close()

  const second = await launchProfile(profile)
  await uploadHalf(await openTab(second), file)
  await killBrowser(second)
  const kept = await partsOnS3()

  const third = await launchProfile(profile)
  onTestFinished(() => third.close())
  const demo = await openTab(third)
  expectOnlyMissing(await finish(demo, file), kept)
  await expectStored(demo, file, under)
})

test('two tabs with the same file make one object, and both say that it is done', async () => {
  const before = await objectKeys(under.client, under.bucket)
  const file = await under.files.create('two tabs.txt', SIZE)
  const [one, two] = [await openTab(), await openTab()]
  const sent = one.watchSentParts()
  await uploadHalf(one, file)
  const alsoSent = two.watchSentParts()
  const told = two.untilTold('“two tabs.txt” is being uploaded in another tab. Waiting for it.')
  await two.upload([file])
  await told
  await one.letGo()
  await Promise.all([one.untilComplete(), two.untilComplete()])
  expect(alsoSent).toEqual([])
  expect(new Set(sent).size).toBe(sent.length)
  expect(await objectKeys(under.client, under.bucket)).toHaveLength(before.length + 1)
  await expectStored(two, file, under)
})

test('the tab that waits goes on when the other is closed', async () => {
  const file = await under.files.create('closed tab.txt', SIZE)
  const [one, two] = [await openTab(), await openTab()]
  await uploadHalf(one, file)
  const told = two.untilTold(/being uploaded in another tab/)
  const sent = two.watchSentParts()
  await two.upload([file])
  await told
  await one.page.close()
  await two.untilComplete()
  expect(sent.length).toBeLessThan(PARTS)
  await expectStored(two, file, under)
})

test('a file that has changed since is uploaded anew', async () => {
  const file = await under.files.create('changed.txt', SIZE)
  const demo = await openTab()
  await uploadHalf(demo, file)
  await demo.page.reload()
  await demo.letGo()
  // What was begun stays what it was: its parts are not mixed with those of the changed file.
  const [begun] = await unfinishedUploads(under.client, under.bucket)
  const changed = await under.files.create('changed.txt', SIZE, 'changed')
  expect(changed.sha256).not.toBe(file.sha256)
  expect(await finish(demo, changed)).toHaveLength(PARTS)
  const [entry] = await demo.stored()
  const key = decodeURIComponent(new URL(entry?.url ?? '').pathname.slice(`/${under.bucket}/`.length))
  expect(await sha256OfObject(under.client, under.bucket, key)).toBe(changed.sha256)
  expect((await unfinishedUploads(under.client, under.bucket)).map(({ Key }) => Key)).toEqual([begun?.Key])
  await discardOnly(demo)
})

test('a part that S3 has otherwise makes another upload, and each part goes with its MD5', async () => {
  const file = await under.files.create('spoilt part.txt', SIZE)
  const demo = await openTab()
  await uploadHalf(demo, file)
  await demo.page.reload()
  const [PartNumber] = await partsOnS3()
  const [upload] = await unfinishedUploads(under.client, under.bucket)
  const { Key, UploadId } = upload ?? {}
  const spoilt = { Bucket: under.bucket, Key, UploadId, PartNumber, Body: randomBytes(5 * MiB) }
  await under.client.send(new UploadPartCommand(spoilt))
  await demo.letGo()
  const withoutMd5: string[] = []
  demo.page.on('request', (request) => {
    if (request.method() === 'PUT' && !request.headers()['content-md5']) withoutMd5.push(request.url())
  })
  expect(await finish(demo, file)).toContain(PartNumber)
  expect(withoutMd5).toEqual([])
  const [entry] = await demo.stored()
  const key = decodeURIComponent(new URL(entry?.url ?? '').pathname.slice(`/${under.bucket}/`.length))
  expect(key).not.toBe(Key)
  expect(await sha256OfObject(under.client, under.bucket, key)).toBe(file.sha256)
  expect(await objectKeys(under.client, under.bucket)).not.toContain(Key)
})

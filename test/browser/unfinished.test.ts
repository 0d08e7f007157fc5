// Uploads that are begun in one tab or browser, and continued or discarded in another one of the same person.
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { decodeMetadata } from '@partway/koa'
import type { BrowserContext, Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import {
  journalKeys,
  objectKeys,
  partsOfOnlyUpload,
  storedParts,
  unfinishedUploads,
} from '../support/bucket-contents.js'
import { type SourceFile, sha256OfObject } from '../support/files.js'
import { pickFiles } from '../support/shared-browser.js'
import { DemoPage } from './demo-page.js'
import { expectOnlyMissing } from './expect-stored.js'
import { type HostedPage, hostPage } from './host-page.js'

const MiB = 1024 ** 2
const PARTS = 6
const partSize = 5 * MiB
const SIZE = PARTS * partSize

let host: HostedPage

beforeAll(async () => {
  host = await hostPage('unfinished-page', { owner: (ctx) => ctx.cookies.get('user'), partSize })
})
afterAll(() => host?.close())
// What has ended is forgotten, right after S3 has nothing of it any more.
afterEach(() => expect.poll(() => journalKeys(host.s3.client, host.bucket)).toEqual([]))

/** A browser that has nothing but the person's cookie. */
async function openBrowserOf(user: string): Promise<DemoPage> {
  const context = await host.browser.newContext()
  onTestFinished(() => context.close())
  await context.addCookies([{ name: 'user', value: user, url: host.origin }])
  return await openTab(context)
}

const openTab = (context: BrowserContext) => DemoPage.openIn(context, host.origin, 'body[data-ready]')

const listed = ({ page }: DemoPage): Locator => page.locator('#unfinished li')

/** Uploads about half of the file's parts as ada and closes the browser. */
async function beginElsewhere(file: SourceFile): Promise<{ key: string; readKept(): Promise<number[]> }> {
  const other = await openBrowserOf('ada')
  await other.uploadUntilStored(file, 3)
  await other.close()
  const [upload, ...more] = await unfinishedUploads(host.s3.client, host.bucket)
  if (!upload?.Key) throw new Error('S3 has no unfinished upload')
  expect(more).toEqual([])
  // To be asked later: what was on its way when the browser closed may still arrive.
  return { key: upload.Key, readKept: () => storedParts(host.s3.client, host.bucket, upload) }
}

/** Of all parts that S3 had at some time between the one list and the other. */
function percentages(earlier: number[], later: number[]): number[] {
  const counts = Array.from({ length: later.length - earlier.length + 1 }, (_, more) => earlier.length + more)
  return counts.map((count) => Math.floor((count / PARTS) * 100))
}

test('the file that is picked for it goes on, and only what S3 does not have is sent', async () => {
  const file = await host.files.create('begun elsewhere.txt', SIZE)
  const { key, readKept } = await beginElsewhere(file)
  const keptBefore = await readKept()
  const page = await openBrowserOf('ada')
  const kept = await readKept()
  expect(await listed(page).count()).toBe(1)
  const shown = await listed(page).textContent()
  const [, percent] = /begun elsewhere\.txt: (\d+) %, begun elsewhere/.exec(shown ?? '') ?? []
  expect(percentages(keptBefore, kept)).toContain(Number(percent))

  const sent = page.watchSentParts()
  const told = page.untilTold(/Resuming “begun elsewhere\.txt” at \d+ %\./)
  await pickFiles(listed(page).locator('input'), [file])
  await told
  await page.untilComplete()
  expectOnlyMissing(sent, kept)
  expect(await sha256OfObject(host.s3.client, host.bucket, key)).toBe(file.sha256)
  expect(await unfinishedUploads(host.s3.client, host.bucket)).toEqual([])
  expect(page.errors).toEqual([])
})

test('another file of the same size is refused and touches nothing; the right one goes on', async () => {
  const file = await host.files.create('begun.txt', SIZE)
  const { key } = await beginElsewhere(file)
  const other = await host.files.create('other.txt', SIZE, 'other')
  const page = await openBrowserOf('ada')
  // What was on its way when the other browser closed has arrived.
  const kept = await partsOfOnlyUpload(host.s3.client, host.bucket)
  const sent = page.watchSentParts()
  await pickFiles(listed(page).locator('input'), [other])
  await page.untilFailed()
  expect(await page.errorDetails()).toContain(
    '“begun.txt” is not the file of this upload. Pick the right one.',
  )
  expect(sent).toEqual([])
  expect(await partsOfOnlyUpload(host.s3.client, host.bucket)).toEqual(kept)

  await page.page.reload()
  await pickFiles(listed(page).locator('input'), [file])
  await page.untilComplete()
  expectOnlyMissing(sent, kept)
  expect(await sha256OfObject(host.s3.client, host.bucket, key)).toBe(file.sha256)
})

test('a file of another size is refused in words', async () => {
  const { key } = await beginElsewhere(await host.files.create('large.txt', SIZE))
  const page = await openBrowserOf('ada')
  const small = await host.files.create('small.txt', 9 * MiB)
  await pickFiles(listed(page).locator('input'), [small])
  await listed(page).getByText('“small.txt” is not the file of this upload').waitFor()
  const uploads = await unfinishedUploads(host.s3.client, host.bucket)
  expect(uploads.map(({ Key }) => Key)).toEqual([key])
  await listed(page).getByRole('button', { name: 'Discard' }).click()
  await listed(page).waitFor({ state: 'detached' })
})

test('another person sees nothing of it; when it is discarded, S3 has nothing', async () => {
  const { key } = await beginElsewhere(await host.files.create('discarded.txt', SIZE))
  for (const user of ['ad', 'adam', 'eve']) {
    expect(await listed(await openBrowserOf(user)).count()).toBe(0)
  }
  const page = await openBrowserOf('ada')
  await listed(page).getByRole('button', { name: 'Discard' }).click()
  await listed(page).waitFor({ state: 'detached' })
  expect(await unfinishedUploads(host.s3.client, host.bucket)).toEqual([])
  expect(await objectKeys(host.s3.client, host.bucket)).not.toContain(key)
})

test('one that runs in another tab says so; when it is discarded that tab drops its file, and S3 has nothing', async () => {
  const before = await objectKeys(host.s3.client, host.bucket)
  const one = await openBrowserOf('ada')
  const two = await openTab(one.context)
  await one.uploadUntilStored(await host.files.create('runs.txt', SIZE), 2)
  await listed(two).getByText('runs.txt: running, begun here').waitFor()
  await listed(two).getByRole('button', { name: 'Discard' }).click()
  await listed(two).waitFor({ state: 'detached' })
  expect(await one.page.locator('.uppy-Dashboard-Item').count()).toBe(0)
  const { client } = host.s3
  expect(await unfinishedUploads(client, host.bucket)).toEqual([])
  expect(await objectKeys(client, host.bucket)).toEqual(before)
  expect([...one.errors, ...two.errors]).toEqual([])
})

test('what was typed before a reload need not be typed again', async () => {
  const file = await host.files.create('titled.txt', SIZE)
  const page = await openBrowserOf('ada')
  const title = page.page.getByRole('textbox', { name: 'Title' })
  const edit = () => page.page.getByRole('button', { name: 'Edit file titled.txt' }).click()
  await page.add([file])
  await edit()
  await title.fill('A summer')
  await page.page.getByRole('button', { name: 'Save changes' }).click()
  await page.holdFrom(3, () => page.startUpload())
  await page.page.reload()
  await page.page.locator('body[data-ready]').waitFor()
  await page.letGo()

  const recalled = page.page.waitForResponse(
    (response) =>
      response.url().endsWith('/unfinished') && !!response.request().postDataJSON().idempotencyKey,
  )
  await page.add([file])
  await recalled
  await edit()
  expect(await title.inputValue()).toBe('A summer')
  await page.page.getByRole('button', { name: 'Save changes' }).click()
  const [upload] = await unfinishedUploads(host.s3.client, host.bucket)
  const kept = await partsOfOnlyUpload(host.s3.client, host.bucket)
  const sent = page.watchSentParts()
  await page.startUpload()
  await page.untilComplete()
  expectOnlyMissing(sent, kept)
  const key = upload?.Key ?? ''
  expect(await sha256OfObject(host.s3.client, host.bucket, key)).toBe(file.sha256)
  const { Metadata } = await host.s3.client.send(new HeadObjectCommand({ Bucket: host.bucket, Key: key }))
  expect(decodeMetadata(Metadata ?? {})).toMatchObject({ title: 'A summer' })
})

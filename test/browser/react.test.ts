// `@uppy/react` with the plugin, in an app in React's strict mode.
import type { UploadedObject } from '@partway/koa'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { storedParts, unfinishedUploads } from '../support/bucket-contents.js'
import { type SourceFile, sha256OfObject } from '../support/files.js'
import { pickFiles } from '../support/shared-browser.js'
import { DemoPage } from './demo-page.js'
import { expectOnlyMissing } from './expect-stored.js'
import { type HostedPage, hostPage } from './host-page.js'

const MiB = 1024 ** 2
const partSize = 5 * MiB
const SIZE = 6 * partSize

let host: HostedPage
let page: DemoPage
let completed: UploadedObject[]

beforeAll(async () => {
  host = await hostPage('react-page', {
    partSize,
    onComplete: (object) => void completed.push(object),
  })
})
afterAll(() => host?.close())
beforeEach(() => {
  completed = []
})
afterEach(() => page.close())

test.each(['', '?page'])('a file in parts and a small one (%s)', async (query) => {
  page = await DemoPage.open(host.browser, `${host.origin}/${query}`)
  const sources = [
    await host.files.create(`small${query.length}.txt`, 1234),
    await host.files.create(`large${query.length}.txt`, 20 * MiB),
  ]
  await page.upload(sources)
  await page.untilComplete()
  await expectStored(sources)
  await page.page.getByText('100 %', { exact: true }).waitFor()
  expect(await page.page.locator('#uploaded li').allTextContents()).toEqual(
    expect.arrayContaining(completed.map(({ key }) => key)),
  )
})

test('hidden in the middle of an upload, shown again, it goes on when the file is added', async () => {
  page = await DemoPage.open(host.browser, host.origin)
  const file = await host.files.create('hidden.txt', SIZE)
  await uploadHalf(file)
  await toggle()
  const [upload, ...others] = await unfinishedUploads(host.s3.client, host.bucket)
  if (!upload) throw new Error('no unfinished upload on S3')
  expect(others).toEqual([])
  const kept = await storedParts(host.s3.client, host.bucket, upload)
  expect(kept.length).toBeGreaterThanOrEqual(3)
  await page.letGo()
  const sent = page.watchSentParts()
  await toggle()
  await page.upload([file])
  await page.untilComplete()
  expectOnlyMissing(sent, kept)
  await expectStored([file])
})

test('an Uppy of the page goes on while its Dashboard is hidden', async () => {
  page = await DemoPage.open(host.browser, `${host.origin}/?page`)
  const file = await host.files.create('behind.txt', SIZE)
  await uploadHalf(file)
  await toggle()
  const done = page.page.waitForResponse((response) => response.url().endsWith('/complete'))
  await page.letGo()
  await done
  await toggle()
  await page.untilComplete()
  await expectStored([file])
})

test('its components without the Dashboard: upload, pause, resume', async () => {
  page = await DemoPage.open(host.browser, `${host.origin}/?headless`, '[data-uppy-element=dropzone]')
  const sources = [
    await host.files.create('headless small.txt', 1234),
    await host.files.create('headless large.txt', SIZE),
  ]
  await pickFiles(page.page.locator('input[type=file]'), sources)
  const button = (name: string) => page.page.getByRole('button', { name, exact: true })
  await page.holdFrom(3, () => button('Upload').click())
  await button('Pause').click()
  await page.letGo()
  await button('Resume').click()
  await button('Complete').waitFor()
  await expectStored(sources)
})

async function toggle(): Promise<void> {
  await page.page.locator('#toggle').click()
}

const uploadHalf = (file: SourceFile) => page.uploadUntilStored(file, 3)

async function expectStored(sources: SourceFile[]): Promise<void> {
  const sums = completed.map(async ({ key, metadata }) => [
    metadata.name,
    await sha256OfObject(host.s3.client, host.bucket, key),
  ])
  expect((await Promise.all(sums)).sort()).toEqual(sources.map(({ name, sha256 }) => [name, sha256]).sort())
  expect(await unfinishedUploads(host.s3.client, host.bucket)).toEqual([])
  expect(page.errors).toEqual([])
}

// The Library: what the signed-in person has in S3, live, to download, compare and delete.
import { createHash, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import pMap from 'p-map'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { DemoPage } from '../../browser/demo-page.js'
import { objectKeys } from '../../support/bucket-contents.js'
import { type DemoInBrowser, openDemoInBrowser } from '../../support/demo-in-browser.js'

const MiB = 1024 ** 2

let under: DemoInBrowser
let demo: DemoPage

beforeAll(async () => {
  under = await openDemoInBrowser()
})
afterAll(() => under?.close())
beforeEach(async () => {
  demo = await DemoPage.open(under.browser, under.demo.address)
  onTestFinished(() => demo.close())
})

// Ceph has none of its own, and so its ETag is shown.
const checksumInParts = inject('ceph') ? /^MD5 of parts [0-9a-f]{32}-2$/ : /^CRC-64\/NVME [\w+/]{11}=$/
const checksum = inject('ceph') ? /^MD5 [0-9a-f]{32}$/ : checksumInParts

const rowOf = (name: string, page: Page = demo.page): Locator =>
  page.locator('#stored li').filter({ has: page.getByText(name, { exact: true }) })

test('an upload appears in every tab of its owner, with what S3 says of it, and stays after a reload', async () => {
  const other = await DemoPage.openIn(demo.context, under.demo.address)
  const [file] = [await under.files.create('Größe 東京.txt', 10 * MiB)]
  await demo.upload([file])
  for (const { page } of [demo, other]) {
    const row = rowOf(file.name, page)
    await row.getByText(/10 MiB · text\/plain · /).waitFor()
    await row.getByText(checksumInParts).waitFor()
  }
  await demo.page.reload()
  await rowOf(file.name).getByText(checksumInParts).waitFor()
  expect([...demo.errors, ...other.errors]).toEqual([])
})

// Chromium puts _ for what file systems refuse.
test.each([
  ['Résumé "final".txt', /^Résumé .final.\.txt$/],
  ['a =?UTF-8?B?ZXZpbA==?=.txt', /^a =_UTF-8_B_ZXZpbA==_=\.txt$/],
  ['=?UTF-8?Q?evil?=', /^=_UTF-8_Q_evil_=$/],
])('%j is shown under its own name, and the download is the file', async (name, saved) => {
  const file = await under.files.create(name, 1000)
  await demo.upload([file])
  const [download] = await Promise.all([
    demo.page.waitForEvent('download'),
    rowOf(file.name).getByRole('link', { name: 'Download' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(saved)
  const path = join(under.files.path, 'download')
  await download.saveAs(path)
  const bytes = await readFile(path)
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256)
})

test('it shows the SHA-256 of what S3 has, and says it to screen readers', async () => {
  const file = await under.files.create('sum.txt', 9 * MiB)
  await demo.upload([file])
  await rowOf(file.name).getByRole('button', { name: 'SHA-256' }).click()
  await rowOf(file.name).getByText(`SHA-256 ${file.sha256}`).waitFor()
  const said = demo.page.getByRole('status').getByText(`SHA-256 of ${file.name}: ${file.sha256}`)
  expect(await said.count()).toBe(1)
})

test('a picture has a thumbnail, from S3', async () => {
  const path = join(under.files.path, 'pixel.png')
  await demo.page.locator('#drop').screenshot({ path })
  await demo.upload([{ name: 'pixel.png', path, size: 0, sha256: '' }])
  const image = rowOf('pixel.png').locator('img')
  await expect
    .poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth))
    .toBeGreaterThan(100)
  expect(demo.errors).toEqual([])
})

test('what is deleted, after asking twice, is gone from S3 and from every tab', async () => {
  const other = await DemoPage.openIn(demo.context, under.demo.address)
  const file = await under.files.create('to delete.txt', 100)
  const before = await objectKeys(under.client, under.bucket)
  await demo.upload([file])
  await rowOf(file.name, other.page).waitFor()
  const button = rowOf(file.name).getByRole('button', { name: /^Delete/ })
  await button.click()
  expect(await objectKeys(under.client, under.bucket)).toHaveLength(before.length + 1)
  await button.click()
  for (const { page } of [demo, other]) await rowOf(file.name, page).waitFor({ state: 'detached' })
  expect(await objectKeys(under.client, under.bucket)).toEqual(before)
})

test('the keyboard stays where it is: on SHA-256, and after a deletion on the next object', async () => {
  const [one, two] = [await under.files.create('first.txt', 10), await under.files.create('second.txt', 20)]
  await demo.upload([one, two])
  for (const { name } of [one, two]) await rowOf(name).getByText(checksum).waitFor()
  const sum = rowOf(one.name).getByRole('button', { name: `SHA-256 of ${one.name}` })
  await sum.press('Enter')
  await rowOf(one.name).getByText(`SHA-256 ${one.sha256}`).waitFor()
  const focused = () => demo.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
  expect(await focused()).toBe(`SHA-256 of ${one.name}`)

  for (const [name, next] of [
    [two.name, `Delete ${one.name}`],
    [one.name, null],
  ] as const) {
    await rowOf(name)
      .getByRole('button', { name: `Delete ${name}` })
      .press('Enter')
    await rowOf(name)
      .getByRole('button', { name: `Delete ${name} for good?` })
      .press('Enter')
    await rowOf(name).waitFor({ state: 'detached' })
    expect(await focused()).toBe(next)
  }
  expect(await demo.page.evaluate(() => document.activeElement?.id)).toBe('library-title')
})

test('of more than a thousand objects it counts all, and shows more of them on demand', async () => {
  const { owner } = await (await demo.context.request.get(`${under.demo.address}/session`)).json()
  const put = (n: number) =>
    under.client.send(
      new PutObjectCommand({ Bucket: under.bucket, Key: `${owner}/${randomUUID()}/${n}.txt`, Body: 'x' }),
    )
  await pMap(
    Array.from({ length: 1003 }, (_, n) => n),
    put,
    { concurrency: 16 },
  )
  await demo.page.reload()
  await demo.page.getByText('1003 objects, 1003 B').waitFor()
  const rows = demo.page.locator('#stored li')
  expect(await rows.count()).toBe(100)
  await demo.page.getByRole('button', { name: 'Show more' }).click()
  await expect.poll(() => rows.count()).toBe(200)
})

test('with more tabs than a browser has connections, uploads go on and each tab hears of them', async () => {
  const tabs = [demo]
  for (let n = 0; n < 7; n++) tabs.push(await DemoPage.openIn(demo.context, under.demo.address))
  const file = await under.files.create('from the last tab.txt', 9 * MiB)
  await tabs.at(-1)?.upload([file])
  for (const { page } of tabs) await rowOf(file.name, page).waitFor()
})

test('a hidden tab gives its stream to one that is seen', async () => {
  const other = await DemoPage.openIn(demo.context, under.demo.address)
  const streamed = other.page.waitForRequest((request) => request.url().endsWith('/live'))
  await demo.page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await streamed
  const file = await under.files.create('seen.txt', 10)
  await other.upload([file])
  await rowOf(file.name, other.page).getByText(checksum).waitFor()
})

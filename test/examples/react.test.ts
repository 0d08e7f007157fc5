// The component of docs/react.md, in React's strict mode: uploads, and what is unfinished after a reload.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { DemoPage } from '../browser/demo-page.js'
import { createFileFolder, type FileFolder, type SourceFile } from '../support/files.js'
import { connectBrowser } from '../support/shared-browser.js'
import { type Example, startExample, sumsOf } from './example.js'

const MiB = 1024 ** 2

let browser: Browser
let files: FileFolder
let example: Example
let page: DemoPage
beforeAll(async () => {
  browser = await connectBrowser()
  files = await createFileFolder()
})
afterAll(async () => {
  await browser?.close()
  await files?.remove()
})
beforeEach(async () => {
  example = await startExample('react')
  page = await example.open(browser)
})
afterEach(async () => {
  await page?.close()
  await example?.end()
})

const unfinished = () => page.page.getByRole('list', { name: 'Unfinished uploads' })
const button = (name: string) => unfinished().getByRole('button', { name, exact: true })

/** Until the reloaded page lists the upload that S3 has a part of. */
async function leaveUnfinished(file: SourceFile): Promise<void> {
  await page.uploadUntilStored(file, 1)
  expect(await unfinished().isVisible()).toBe(false)
  await page.page.reload()
  await page.letGo()
  await unfinished()
    .getByText(new RegExp(`^${file.name}: [1-9]\\d? % uploaded`))
    .waitFor()
}

async function pick(name: string, file: SourceFile): Promise<void> {
  const choosing = page.page.waitForEvent('filechooser')
  await button(name).click()
  await (await choosing).setFiles(file.path)
}

test('a small file and one in parts are uploaded, and told to the app', async () => {
  const sources = [await files.create('small.txt', 1234), await files.create('large.txt', 20 * MiB)]
  await page.upload(sources)
  await page.untilComplete()
  expect(await example.storedSums()).toEqual(sumsOf(sources))
  const told = await page.page.locator('#uploaded li').allTextContents()
  expect(told.map((key) => key.split('/').at(-1)).sort()).toEqual(['large.txt', 'small.txt'])
  expect(page.errors).toEqual([])
})

test('after a reload, an upload goes on with its file, and with no other', async () => {
  const file = await files.create('film.txt', 20 * MiB)
  await leaveUnfinished(file)
  await pick('Continue film.txt', await files.create('other.txt', 10 * MiB))
  await page.page.getByRole('alert').getByText('“other.txt” is not the file of this upload.').waitFor()
  await pick('Continue film.txt', file)
  await page.untilComplete()
  expect(await unfinished().isVisible()).toBe(false)
  expect(await example.storedSums()).toEqual(sumsOf([file]))
  expect(await example.countUnfinished()).toBe(0)
  expect(page.errors).toEqual([])
})

test('after a reload, an upload is discarded', async () => {
  await leaveUnfinished(await files.create('draft.txt', 20 * MiB))
  await button('Discard draft.txt').click()
  await unfinished().waitFor({ state: 'hidden' })
  expect(await example.countUnfinished()).toBe(0)
  expect(await example.storedSums()).toEqual([])
  expect(page.errors).toEqual([])
})

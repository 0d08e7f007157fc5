// The example with sessions and a database: each person's uploads are theirs, and each is a row.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DemoPage } from '../browser/demo-page.js'
import { createFileFolder, type FileFolder } from '../support/files.js'
import { connectBrowser } from '../support/shared-browser.js'
import { type Example, startExample, sumsOf } from './example.js'

const MiB = 1024 ** 2

let example: Example
let browser: Browser
let files: FileFolder
beforeAll(async () => {
  example = await startExample('koa-sessions')
  browser = await connectBrowser()
  files = await createFileFolder()
})
afterAll(async () => {
  await browser?.close()
  await example?.end()
  await files?.remove()
})

/** As a person does it. */
async function signIn(name: string): Promise<DemoPage> {
  const page = await DemoPage.open(browser, example.origin, '#sign-in')
  await page.page.getByLabel('Name').fill(name)
  await page.page.getByRole('button', { name: 'Sign in' }).click()
  await page.page.locator('.uppy-Dashboard-AddFiles').waitFor()
  return page
}

async function rows(page: Page): Promise<string[]> {
  return await page.locator('#uploads li').allTextContents()
}

test('a row from the beginning of an upload on, for its owner alone', async () => {
  const ada = await signIn('ada')
  const small = await files.create('small.txt', 1234)
  const large = await files.create('large.bin', 30 * MiB)
  await ada.uploadUntilStored(large, 1)
  const reloaded = ada.page.waitForResponse('**/me')
  await ada.page.reload()
  await reloaded
  await ada.page.getByText(`large.bin: ${large.size} bytes, uploading`).waitFor()
  await ada.letGo()
  await ada.upload([large, small])
  await ada.untilComplete()
  await ada.page.getByText(`small.txt: ${small.size} bytes, stored`).waitFor()
  expect((await rows(ada.page)).sort()).toEqual([
    `large.bin: ${large.size} bytes, stored`,
    `small.txt: ${small.size} bytes, stored`,
  ])
  expect(await example.storedSums()).toEqual(sumsOf([small, large]))

  const linus = await signIn('linus')
  expect(await rows(linus.page)).toEqual([])
  await linus.uploadUntilStored(large, 1)
  const aborted = linus.page.waitForResponse('**/uploads/abort')
  await linus.cancel()
  await aborted
  await linus.page.reload()
  expect(await rows(linus.page)).toEqual([])
  expect([...ada.errors, ...linus.errors]).toEqual([])
})

test('without a session, nothing', async () => {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ files: [{ name: 'a.txt', type: '', size: 5 }] })
  const reply = await fetch(`${example.origin}/uploads/create`, { method: 'POST', headers, body })
  expect(reply.status).toBe(401)
})

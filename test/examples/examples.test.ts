// The examples whose page is the Dashboard alone: what is dropped there is in the bucket.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFileFolder, type FileFolder } from '../support/files.js'
import { connectBrowser } from '../support/shared-browser.js'
import { startExample, sumsOf } from './example.js'

const MiB = 1024 ** 2

let browser: Browser
let files: FileFolder
beforeAll(async () => {
  browser = await connectBrowser()
  files = await createFileFolder()
})
afterAll(async () => {
  await browser?.close()
  await files?.remove()
})

test.each([
  ['plain-html', 'start'],
  ['express', 'start'],
  ['companion-migration', 'before'],
  ['companion-migration', 'between'],
  ['companion-migration', 'after'],
])('%s: npm run %s', async (name, script) => {
  const example = await startExample(name, script)
  try {
    const page = await example.open(browser)
    const sources = [await files.create(`${name} ${script} small`, 1234)]
    sources.push(await files.create(`${name} ${script} large`, 20 * MiB))
    await page.upload(sources)
    await page.untilComplete()
    expect(await example.storedSums()).toEqual(sumsOf(sources))
    expect(page.errors).toEqual([])
    await page.close()
  } finally {
    await example.end()
  }
})

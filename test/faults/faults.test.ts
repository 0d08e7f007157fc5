// Every row of the fault table, with our plugin and server: all arrives, nothing is left over, and Uppy tells the truth.
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type BuiltPage, buildPage } from '../support/build-page.js'
import { connectBrowser } from '../support/shared-browser.js'
import { ours } from './contenders.js'
import { play } from './play.js'
import { rows } from './rows.js'

let browser: Browser
let site: BuiltPage

beforeAll(async () => {
  browser = await connectBrowser()
  site = await buildPage(join(import.meta.dirname, 'page'))
})
afterAll(async () => {
  await browser?.close()
})

describe('the fault', () => {
  // They wait more than they work.
  test.concurrent.for(rows)('$fault', async (row, { expect }) => {
    const { ours: expected = 'uploaded', sizes = [40] } = row
    const outcome = await play(row, ours, { browser, page: site, deadlineMs: 90_000 })
    if (expected === 'failed') return expect(outcome).toMatchObject({ result: 'failed', surplus: 0 })
    const tidy = { surplus: 0, orphans: 0, resentParts: 0 }
    if (expected === 'finished') return expect(outcome).toMatchObject({ ...tidy, result: 'finished' })
    if (expected === 'cancelled') return expect(outcome).toMatchObject({ ...tidy, wasAborted: true })
    const told = { result: 'uploaded', retried: false, errors: [], successes: sizes.length }
    expect(outcome).toMatchObject({ ...told, ...tidy })
  })
})

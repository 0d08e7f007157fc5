// Every row of the fault table, with our plugin and server: all arrives, nothing is left over, and Uppy tells the truth.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.js'
import { ours } from './contenders.js'
import { play } from './play.js'
import { rows } from './rows.js'

let browser: Browser
let siteFolder: string

beforeAll(async () => {
  browser = await launchBrowser()
  siteFolder = await mkdtemp(join(tmpdir(), 'partway-faults-'))
  await build({
    configFile: false,
    logLevel: 'warn',
    root: join(import.meta.dirname, 'page'),
    build: { outDir: siteFolder, emptyOutDir: true },
  })
})
afterAll(async () => {
  await browser?.close()
  await rm(siteFolder, { recursive: true, force: true })
})

describe('the fault', () => {
  test.for(rows)('$fault', async (row) => {
    const { ours: expected = 'uploaded', sizes = [40] } = row
    const outcome = await play(row, ours, { browser, siteFolder, deadlineMs: 90_000 })
    expect(outcome).toMatchObject({ orphans: 0, surplus: 0 })
    if (expected !== 'uploaded') return
    expect(outcome).toMatchObject({ result: 'uploaded', retried: false, errors: [], successes: sizes.length })
  })
})

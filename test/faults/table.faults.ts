// Plays every row with both contenders and writes the table of the docs. `npm run faults` has the long durations.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { type BuiltPage, buildPage } from '../support/build-page.js'
import { connectBrowser } from '../support/shared-browser.js'
import { type Contender, ours, peer } from './contenders.js'
import { describeTable, type PlayedRow } from './describe-table.js'
import { play } from './play.js'
import { rows } from './rows.js'

/** A run that has come to no end so long after its fault is stuck. */
const DEADLINE_MS = 120_000
const played: PlayedRow[] = []
let browser: Browser
let page: BuiltPage

beforeAll(async () => {
  browser = await connectBrowser()
  page = await buildPage(join(import.meta.dirname, 'page'))
})
afterAll(async () => {
  await browser?.close()
  const file = join(import.meta.dirname, '../../docs/faults.md')
  await writeFile(file, describeTable(played, new Date().toISOString().slice(0, 10)))
})

test.for(rows)('$fault', { timeout: 900_000 }, async (row) => {
  const playWith = (contender: Contender) => play(row, contender, { browser, page, deadlineMs: DEADLINE_MS })
  played.push({ row, ours: await playWith(ours), peer: await playWith(peer) })
})

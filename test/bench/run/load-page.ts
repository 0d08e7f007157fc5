// Brings a page to the moment before it uploads.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { SourceFile } from '../../support/files.js'
// For the type of its `window`.
import type {} from '../page/main.js'
import type { UploadPlan } from '../page/page-client.js'

/** What a page loads and asks before it has files is over by then. */
export const SETTLE_MS = 300

/** Loads it, or loads it again, and gives it the files. */
export async function loadPage(
  page: Page,
  origin: string,
  files: SourceFile[],
  plan: UploadPlan,
): Promise<void> {
  await page.goto(origin)
  await page.locator('input').setInputFiles(files.map(({ path }) => path))
  await page.evaluate((given) => window.prepareUpload(given), plan)
  await sleep(SETTLE_MS)
}

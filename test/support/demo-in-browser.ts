// The demo on the S3 service under test, a browser and a folder of files: what most browser tests need.
import type { Browser } from 'playwright-core'
import { launchBrowser } from './browser.js'
import { type DemoUnderTest, openDemo } from './demo-under-test.js'
import { createFileFolder, type FileFolder } from './files.js'

export interface DemoInBrowser extends DemoUnderTest {
  browser: Browser
  files: FileFolder
}

/** @param reachS3 as that of {@link openDemo} */
export async function openDemoInBrowser(
  reachS3?: (endpoint: string) => Promise<string>,
): Promise<DemoInBrowser> {
  const under = await openDemo(reachS3)
  const browser = await launchBrowser()
  const files = await createFileFolder()
  return {
    ...under,
    browser,
    files,
    async close() {
      await browser.close()
      await under.close()
      await files.remove()
    },
  }
}

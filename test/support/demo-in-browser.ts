// The demo on the S3 service under test, a browser and a folder of files: what most browser tests need.
import type { Browser } from 'playwright-core'
import { type DemoUnderTest, openDemo } from './demo-under-test.js'
import { createFileFolder, type FileFolder } from './files.js'
import { connectBrowser } from './shared-browser.js'

export interface DemoInBrowser extends DemoUnderTest {
  browser: Browser
  files: FileFolder
}

/** The parameters are those of {@link openDemo}. */
export async function openDemoInBrowser(...options: Parameters<typeof openDemo>): Promise<DemoInBrowser> {
  const under = await openDemo(...options)
  const browser = await connectBrowser()
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

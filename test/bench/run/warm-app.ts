// Uploads that nobody measures, by the client whose turn it is: an app server that has just started compiles what it runs, and one
// in use does not.
import type { PageClientName } from '../page/page-client.js'
import type { AppServer } from '../servers/start-app.js'
import { loadPage } from './load-page.js'
import type { Stage } from './stage.js'

const LARGE = [9 * 1024 ** 2]
const MANY = [...LARGE, ...Array<number>(500).fill(1024)]

export async function warmApp(
  stage: Stage,
  app: AppServer,
  client: PageClientName,
  uploads: number,
): Promise<void> {
  const way = await stage.way('direct')
  const browser = await way.openBrowser()
  try {
    const page = await browser.context.newPage()
    // `aws-s3` 5 does not come to an end with many files beside a large one.
    const files = await stage.files(client === 'aws-s3-5' ? LARGE : MANY)
    for (let upload = 0; upload < uploads; upload++) {
      await loadPage(page, `http://127.0.0.1:${app.port}`, files, { client, transfers: [] })
      await page.evaluate(() => window.runUpload())
    }
  } finally {
    await browser.close()
  }
}

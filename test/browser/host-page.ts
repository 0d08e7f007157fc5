// A page of the tests' own, built and served by a host app with the middleware, on the S3 service under test.
import { join } from 'node:path'
import { type PartwayMiddleware, type PartwayOptions, partway } from '@partway/koa'
import Koa from 'koa'
import type { Browser } from 'playwright-core'
import { serve, testOptions } from '../server/serve.js'
import { buildPage } from '../support/build-page.js'
import { createFileFolder, type FileFolder } from '../support/files.js'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { connectBrowser } from '../support/shared-browser.js'

export interface HostedPage {
  origin: string
  s3: S3UnderTest
  bucket: string
  uploads: PartwayMiddleware
  browser: Browser
  files: FileFolder
  close(): Promise<void>
}

/** @param folder In this folder, with an `index.html`. */
export async function hostPage(
  folder: string,
  more: Partial<PartwayOptions> | ((s3: S3UnderTest) => Partial<PartwayOptions>) = {},
): Promise<HostedPage> {
  const s3 = await openS3()
  const options = typeof more === 'function' ? more(s3) : more
  const bucket = await createBucket(s3.client)
  const site = await buildPage(join(import.meta.dirname, folder))
  const app = new Koa()
  const uploads = partway(testOptions(s3, bucket, { owner: () => 'ada', ...options }))
  app.use(uploads)
  app.use(site.serve)
  const host = await serve(app.callback())
  const browser = await connectBrowser()
  const files = await createFileFolder()
  return {
    origin: host.origin,
    s3,
    bucket,
    uploads,
    browser,
    files,
    async close() {
      await browser.close()
      await host.close()
      await uploads.close()
      await s3.close()
      await files.remove()
    },
  }
}

// Snippets of a page, built by Vite as one page that runs the one that its address names, on a real store and app.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type PartwayOptions, partway } from '@partway/koa'
import Koa from 'koa'
import type { Browser } from 'playwright-core'
import { DemoPage } from '../../browser/demo-page.js'
import { type Served, serve, testOptions } from '../../server/serve.js'
import { type BuiltPage, buildPage } from '../../support/build-page.js'
import { createBucket, type S3UnderTest } from '../../support/s3-under-test.js'
import { type Snippet, snippetFolder } from './snippet.js'

/** The built page, served. */
export interface SnippetSite {
  bucket: string
  /** Runs it in a browser of its own. */
  open(snippet: Snippet): Promise<DemoPage>
  close(): Promise<void>
}

/** @param snippets all of pages */
export async function openSnippetSite(
  snippets: Snippet[],
  s3: S3UnderTest,
  browser: Browser,
): Promise<SnippetSite> {
  const bucket = await createBucket(s3.client)
  const site = await buildSite(snippets)
  const more = { owner: () => 'ada', partSize: 5 * 1024 ** 2 }
  const host = await serveSite(site, testOptions(s3, bucket, more))
  return {
    bucket,
    open: async ({ fileName }) =>
      await DemoPage.open(browser, `${host.origin}/?${fileName}`, 'body[data-ran]'),
    async close() {
      await host.close()
    },
  }
}

async function buildSite(snippets: Snippet[]): Promise<BuiltPage> {
  const folder = join(snippetFolder, 'page')
  await mkdir(folder, { recursive: true })
  const imports = snippets.map(({ fileName }) => `'${fileName}': () => import('../${fileName}')`)
  const main = `const snippets = {${imports.join()}}
    await snippets[location.search.slice(1)]()
    document.body.dataset.ran = ''`
  await writeFile(join(folder, 'main.js'), main)
  const head =
    '<meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="./main.js"></script>'
  const body = '<h1>A page</h1><main id="drop"></main>'
  await writeFile(join(folder, 'index.html'), `<!doctype html><head>${head}</head><body>${body}</body>`)
  return await buildPage(folder)
}

/** What the server answers where there is an STS. */
const TEMPORARY = {
  credentials: {
    ...{ accessKeyId: 'temporary-key', secretAccessKey: 'secret', sessionToken: 'token' },
    expiration: '2100-01-01T00:00:00Z',
  },
  ...{ bucket: 'media', region: 'eu-west-1', keyPrefix: 'ada/' },
}

/** The routes that the snippets name, each with a middleware of its own. */
async function serveSite(site: BuiltPage, options: PartwayOptions): Promise<Served> {
  const app = new Koa()
  app.use(async (ctx, next) => {
    if (ctx.path === '/login') ctx.body = 'Sign in'
    else if (ctx.path === '/uploads/s3/sts') ctx.body = TEMPORARY
    else await next()
  })
  app.use(partway({ ...options, path: '/nobody', owner: () => undefined }))
  app.use(partway({ ...options, path: '/companion' }))
  app.use(partway(options))
  app.use(site.serve)
  return await serve(app.callback())
}

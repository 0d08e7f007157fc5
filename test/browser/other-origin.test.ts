// The page on one origin, the middleware on another: tokens that expire, cookies, and few preflights.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { partway, type UploadedObject } from '@partway/koa'
import Koa from 'koa'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Served, serve, testOptions } from '../server/serve.js'
import { unfinishedUploads } from '../support/bucket-contents.js'
import { type BuiltPage, buildPage } from '../support/build-page.js'
import { createFileFolder, type FileFolder, type SourceFile, sha256OfObject } from '../support/files.js'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { connectBrowser } from '../support/shared-browser.js'
import { DemoPage } from './demo-page.js'

const MiB = 1024 ** 2
const partSize = 5 * MiB
/** More parts than are signed with the upload itself. */
const SIZE = 20 * partSize

let s3: S3UnderTest
let bucket: string
let site: BuiltPage
let pages: Served
let middleware: Served
let browser: Browser
let files: FileFolder
let page: DemoPage

/** Those that the middleware's origin takes. */
const validTokens = new Set<string>()
let tokensGiven = 0
const cookie = randomUUID()
/** What reached the middleware's origin: `METHOD path status`. */
let calls: string[] = []
let completed: UploadedObject[] = []

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client)
  browser = await connectBrowser()
  files = await createFileFolder()
  site = await buildPage(join(import.meta.dirname, 'other-origin-page'))
  pages = await servePages()
  middleware = await serveMiddleware()
})
afterAll(async () => {
  await browser?.close()
  await pages?.close()
  await middleware?.close()
  await s3?.close()
  await files?.remove()
})
beforeEach(() => {
  calls = []
  completed = []
  validTokens.clear()
  tokensGiven = 0
})
afterEach(() => page.close())

async function servePages(): Promise<Served> {
  const app = new Koa()
  app.use(async (ctx, next) => {
    if (ctx.path !== '/token') return await next()
    const token = randomUUID()
    validTokens.add(token)
    tokensGiven++
    ctx.body = token
  })
  app.use(site.serve)
  return await serve(app.callback())
}

async function serveMiddleware(): Promise<Served> {
  const app = new Koa()
  const isKnown = (ctx: Koa.Context) =>
    validTokens.has(ctx.get('authorization').slice('Bearer '.length)) || ctx.cookies.get('session') === cookie
  app.use(async (ctx, next) => {
    await next()
    calls.push(`${ctx.method} ${ctx.path} ${ctx.status}`)
  })
  const options = testOptions(s3, bucket, {
    owner: (ctx) => (isKnown(ctx) ? 'ada' : undefined),
    allowedOrigins: [pages.origin],
    partSize,
    onComplete: (object) => void completed.push(object),
  })
  app.use(partway(options))
  return await serve(app.callback())
}

async function open(knownBy: string): Promise<void> {
  const query = new URLSearchParams({ endpoint: `${middleware.origin}/uploads`, by: knownBy })
  const context = await browser.newContext()
  // Same site, other origin: a port makes the difference, and cookies do not know ports.
  await context.addCookies([
    { name: 'session', value: knownBy === 'cookie' ? cookie : 'none', url: pages.origin },
  ])
  page = await DemoPage.openIn(context, `${pages.origin}/?${query}`)
}

async function expectOneObject({ name, sha256 }: SourceFile): Promise<void> {
  expect(completed).toMatchObject([{ metadata: { name } }])
  expect(await sha256OfObject(s3.client, bucket, completed[0]?.key ?? '')).toBe(sha256)
  expect(await unfinishedUploads(s3.client, bucket)).toEqual([])
}

/** Routes, sorted, as often as they were answered so. */
const answered = (pattern: RegExp) => calls.flatMap((call) => pattern.exec(call)?.[1] ?? []).sort()
const preflights = () => answered(/^OPTIONS .*\/(\w+) 204$/)
const successes = () => [...new Set(answered(/^(?:GET|POST) .*\/(\w+) 200$/))]

test('a token that expires in mid-upload is replaced', async () => {
  await open('token')
  const file = await files.create('token.txt', SIZE)
  await page.uploadUntilStored(file, 3)
  validTokens.clear()
  await page.letGo()
  // A file that Uppy was told an error of would stay failed until somebody clicks.
  await page.untilComplete()
  expect(answered(/^POST .*\/(\w+) 401$/)).not.toEqual([])
  expect(tokensGiven).toBe(2)
  await expectOneObject(file)
})

test('each route is preflighted once', async () => {
  await open('token')
  const file = await files.create('preflights.txt', SIZE)
  await page.uploadUntilStored(file, 3)
  await page.page.reload()
  await page.letGo()
  await page.upload([file])
  await page.untilComplete()
  await expectOneObject(file)

  await page.page.reload()
  await page.uploadUntilStored(await files.create('cancelled.txt', SIZE), 1)
  const aborted = page.page.waitForResponse((response) => response.url().endsWith('/abort'))
  await page.cancel()
  await aborted
  expect(successes()).toEqual(['abort', 'complete', 'config', 'create', 'sign', 'unfinished'])
  expect(preflights()).toEqual(successes())
})

test('cookies go along with credentials: include', async () => {
  await open('cookie')
  const file = await files.create('cookie.txt', 20 * MiB)
  await page.upload([file])
  await page.untilComplete()
  await expectOneObject(file)
})

test('and only then', async () => {
  await open('nothing')
  await page.context.addCookies([{ name: 'session', value: cookie, url: middleware.origin }])
  await page.upload([await files.create('nothing.txt', 1000)])
  await page.untilFailed()
  expect(await page.errorDetails()).toContain('Sign in to upload.')
  expect(completed).toEqual([])
})

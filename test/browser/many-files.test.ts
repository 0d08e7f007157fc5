// 5,000 small files at once: no task of the page's main thread is long because of the plugin. What Uppy does is beyond it:
// it checks all files when they are added and copies the state of all for each event, with any uploader.
import { join } from 'node:path'
import { partway } from '@partway/koa'
import Koa from 'koa'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Served, serve, testOptions } from '../server/serve.js'
import { type BuiltPage, buildPage } from '../support/build-page.js'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { connectBrowser } from '../support/shared-browser.js'
import { ownTime, profilePage, totalTime } from './cpu-profile.js'
// For the type of its `window`.
import type {} from './many-files-page/main.js'

const COUNT = 5000
/**
 * Of the longest task that Uppy makes by itself, which is as much longer on a busy machine. Most of the plugin's own is
 * `XMLHttpRequest.send()`, in which a busy browser now and then waits.
 */
const MOST_OWN_SHARE = 1 / 10
const PLUGIN = join(import.meta.dirname, '../../plugin/')

let s3: S3UnderTest
let site: BuiltPage
let host: Served
let browser: Browser

beforeAll(async () => {
  s3 = await openS3()
  const bucket = await createBucket(s3.client)
  browser = await connectBrowser()
  site = await buildPage(join(import.meta.dirname, 'many-files-page'))
  const app = new Koa()
  app.use(partway(testOptions(s3, bucket, { owner: () => 'ada' })))
  app.use(site.serve)
  host = await serve(app.callback())
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
  await s3?.close()
})

/** Uploads the files with one of the page's uploaders, and says for each long task whose it was. */
async function upload(uploader: string) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${host.origin}/?uploader=${uploader}`)
  const devtools = await context.newCDPSession(page)
  const run = () => page.evaluate((count) => window.uploadMany(count), COUNT)
  const { result, samples } = await profilePage(devtools, run)
  await context.close()
  const scripts = site.scriptsWith(PLUGIN)
  const isPlugin = (url: string) => scripts.some((name) => url.endsWith(name))
  const always = { startMs: 0, endMs: Infinity }
  const longTasks = result.longTasks.map((task) => ({
    ms: task.endMs - task.startMs,
    own: ownTime(samples, task, isPlugin),
    withCallees: totalTime(samples, task, isPlugin),
  }))
  const most = (key: keyof (typeof longTasks)[number]) =>
    Math.round(Math.max(0, ...longTasks.map((task) => task[key])))
  return {
    successful: result.successful,
    own: Math.round(ownTime(samples, always, isPlugin)),
    longTasks: longTasks.length,
    most: { ms: most('ms'), own: most('own'), withCallees: most('withCallees') },
  }
}

test.skipIf(inject('ceph'))(
  '5,000 files at once (on the embedded store only: it is about the page)',
  { timeout: 300_000 },
  async () => {
    const baseline = await upload('baseline')
    const partway = await upload('partway')
    console.log('with an uploader that only emits events', baseline, 'with Partway', partway)
    expect(baseline.successful).toBe(COUNT)
    expect(baseline.own).toBe(0)
    expect(partway.successful).toBe(COUNT)
    // The profile tells the plugin's functions from all others.
    expect(partway.own).toBeGreaterThan(0)
    expect(partway.most.own).toBeLessThan(baseline.most.ms * MOST_OWN_SHARE)
  },
)

// What uploads comes after the page: where it cannot be loaded, the user hears of it, and nothing is lost.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { objectKeys } from '../support/bucket-contents.js'
import { sha256OfObject } from '../support/files.js'
import { DemoPage } from './demo-page.js'
import { type HostedPage, hostPage } from './host-page.js'

const SCRIPT = /\/engine-[^/]*\.js$/

let host: HostedPage

beforeAll(async () => {
  host = await hostPage('remount-page')
})
afterAll(() => host?.close())

test('a page whose script is gone says so, and uploads when it is there again', async () => {
  const context = await host.browser.newContext()
  await context.route(SCRIPT, (route) => route.fulfill({ status: 404 }))
  const page = await DemoPage.openIn(context, host.origin)
  const file = await host.files.create('late.txt', 12 * 1024 ** 2)
  await page.upload([file])
  await page.untilFailed()
  expect(await page.errorDetails()).toContain('could not load all of itself')
  expect(await objectKeys(host.s3.client, host.bucket)).toEqual([])

  await context.unroute(SCRIPT)
  await page.page.reload()
  await page.upload([file])
  await page.untilComplete()
  const [key = '', ...more] = await objectKeys(host.s3.client, host.bucket)
  expect(more).toEqual([])
  expect(await sha256OfObject(host.s3.client, host.bucket, key)).toBe(file.sha256)
  await context.close()
})

test('a page that has no network before its script has come waits for it', async () => {
  const context = await host.browser.newContext()
  await context.route(SCRIPT, (route) => route.abort())
  const page = await DemoPage.openIn(context, host.origin)
  await page.setOffline(true)
  const file = await host.files.create('offline.txt', 12 * 1024 ** 2)
  const told = page.untilTold('The upload goes on by itself when the network is back.')
  await page.upload([file])
  await told
  await context.unroute(SCRIPT)
  await page.setOffline(false)
  await page.untilComplete()
  expect(await objectKeys(host.s3.client, host.bucket)).toContainEqual(expect.stringContaining('offline.txt'))
  await context.close()
})

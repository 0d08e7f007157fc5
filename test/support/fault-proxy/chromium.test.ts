// What a page in a real Chromium makes of the faults.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { type Served, serve } from '../../server/serve.js'
import { connectBrowser } from '../shared-browser.js'
import {
  allowOrigin,
  answer,
  blackHole,
  type FaultProxy,
  forwardTwice,
  halfOpen,
  hideETag,
  loseReply,
  reset,
  s3Error,
  slowHeaders,
  startFaultProxy,
  truncateReply,
} from './index.js'

const size = 3_000_000
let site: Served
let target: Served
let proxy: FaultProxy
let browser: Browser
let page: Page

beforeAll(async () => {
  site = await serve((_, outgoing) => void outgoing.setHeader('content-type', 'text/html').end('<html>'))
  target = await serve((incoming, outgoing) => {
    outgoing.setHeader('access-control-allow-origin', site.origin)
    outgoing.setHeader('access-control-allow-methods', 'PUT')
    outgoing.setHeader('access-control-expose-headers', 'ETag')
    outgoing.setHeader('etag', '"abc"')
    incoming.resume().on('end', () => outgoing.end('stored'))
  })
  proxy = await startFaultProxy({ target: target.origin })
  browser = await connectBrowser()
})
afterAll(async () => {
  await browser?.close()
  await proxy?.close()
  await target?.close()
  await site?.close()
})
beforeEach(async () => {
  proxy.clear()
  // With connections of its own: one that the test before has broken would fail the preflight.
  page = await browser.newPage()
  await page.goto(site.origin)
  onTestFinished(() => page.close())
})

/** A PUT of `size` bytes by XMLHttpRequest. @param timeout in ms; 0 is none */
function put(timeout = 0) {
  const send = ({ url, size, timeout }: { url: string; size: number; timeout: number }) =>
    new Promise<{
      event: string
      status: number
      etag: string | null
      body: string
      retryAfter: string | null
    }>((resolve) => {
      const xhr = new XMLHttpRequest()
      xhr.open('PUT', url)
      xhr.timeout = timeout
      for (const event of ['load', 'error', 'timeout']) {
        xhr.addEventListener(event, () => {
          const [etag, retryAfter] = [xhr.getResponseHeader('etag'), xhr.getResponseHeader('retry-after')]
          resolve({ event, status: xhr.status, etag, body: xhr.responseText, retryAfter })
        })
      }
      xhr.send(new Uint8Array(size))
    })
  return page.evaluate(send, { url: `${proxy.origin}/part?n=1`, size, timeout })
}

test.each([
  [answer(429, { headers: { 'retry-after': '3' } }), { event: 'load', status: 429, retryAfter: '3' }],
  [s3Error(200, 'InternalError'), { event: 'load', status: 200, body: expect.stringContaining('<Error>') }],
  [hideETag(), { event: 'load', status: 200, etag: null, body: 'stored' }],
  [slowHeaders(100), { event: 'load', status: 200, etag: '"abc"', body: 'stored' }],
  [forwardTwice(), { event: 'load', status: 200, etag: '"abc"', body: 'stored' }],
  [answer(403, { cors: false }), { event: 'error', status: 0 }],
  [allowOrigin('https://other.example'), { event: 'error', status: 0 }],
  [allowOrigin(undefined), { event: 'error', status: 0 }],
  [truncateReply(3), { event: 'error', status: 0 }],
  [reset(), { event: 'error', status: 0 }],
  [reset(1_000_000), { event: 'error', status: 0 }],
  [loseReply(), { event: 'error', status: 0 }],
  [loseReply('silence'), { event: 'timeout', status: 0 }],
  [blackHole(), { event: 'timeout', status: 0 }],
  [halfOpen(1000), { event: 'timeout', status: 0 }],
])('$name', async (action, seenByPage) => {
  proxy.add({ action })

  expect(await put(seenByPage.event === 'timeout' ? 1000 : 0)).toMatchObject(seenByPage)
  expect(proxy.requests.at(-1)?.fault).toBe(action.name)
})

test('the page gets through when the faults are gone, and has sent a preflight that none was applied to', async () => {
  expect(await put()).toMatchObject({ event: 'load', status: 200, etag: '"abc"', body: 'stored' })

  const preflights = proxy.requests.filter(({ preflight }) => preflight)
  expect(preflights.length).toBeGreaterThan(0)
  expect(preflights.every(({ fault, status }) => !fault && status === 200)).toBe(true)
  expect(proxy.requests.at(-1)).toMatchObject({ method: 'PUT', fromPage: true, bodyBytesForwarded: size })
})

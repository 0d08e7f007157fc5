// The network goes away in the middle of parts and comes back: the upload waits, says so, and goes on by itself.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { partsOfOnlyUpload } from '../support/bucket-contents.js'
import { type DemoInBrowser, openDemoInBrowser } from '../support/demo-in-browser.js'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy/index.js'
import { DemoPage } from './demo-page.js'
import { expectOnlyMissing, expectStored } from './expect-stored.js'

const MiB = 1024 ** 2
const PARTS = 12
const PART_BYTES = 7 * MiB
const OUTAGE_MS = 10_000

let under: DemoInBrowser
let line: FaultProxy

beforeAll(async () => {
  under = await openDemoInBrowser(async (endpoint) => {
    line = await startFaultProxy({ target: endpoint })
    return line.origin
  })
})
afterAll(async () => {
  await under?.close()
  await line?.close()
})

test('offline for 10 s in mid-part', async () => {
  const file = await under.files.create('offline.txt', PARTS * PART_BYTES)
  const demo = await DemoPage.open(under.browser, under.demo.address)
  onTestFinished(() => demo.close())
  await demo.add([file])
  await demo.slowlyUntil(6, () => demo.startUpload())

  const told = demo.untilTold('The upload goes on by itself when the network is back.')
  const brokenOff = demo.page.waitForEvent('requestfailed')
  await line.refuse()
  await demo.setOffline(true)
  await Promise.all([brokenOff, told])
  const kept = await partsOfOnlyUpload(under.client, under.bucket)
  await delay(OUTAGE_MS)

  const sent = demo.watchSentParts()
  const requestsBefore = line.requests.length
  await line.accept()
  await demo.setOffline(false)
  // A file that Uppy was told an error of would stay failed until somebody clicks.
  await demo.untilComplete()
  expectOnlyMissing(sent, kept)
  const bytesSent = line.requests
    .slice(requestsBefore)
    .filter(({ fromPage }) => fromPage)
    .reduce((sum, { bodyBytesReceived }) => sum + bodyBytesReceived, 0)
  expect(bytesSent).toBe(sent.length * PART_BYTES)
  await expectStored(demo, file, under)
})

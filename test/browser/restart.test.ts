// The app's server is restarted in the middle of an upload, gracefully or not: the page goes on by itself.
import type { S3Client } from '@aws-sdk/client-s3'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { type DemoProcess, startDemoProcess } from '../demo/demo-process.js'
import { createFileFolder, type FileFolder } from '../support/files.js'
import { freePort } from '../support/free-port.js'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { connectBrowser } from '../support/shared-browser.js'
import { DemoPage } from './demo-page.js'
import { expectStored, otherParts } from './expect-stored.js'

const MiB = 1024 ** 2
const PARTS = 12
const signals = [['SIGTERM'], ['SIGKILL']] as const

let s3: S3UnderTest
let browser: Browser
let files: FileFolder

beforeAll(async () => {
  s3 = await openS3()
  browser = await connectBrowser()
  files = await createFileFolder()
})
afterAll(async () => {
  await browser?.close()
  await s3?.close()
  await files?.remove()
})

test.each(signals)('the app alone, with %s', async (signal) => {
  const bucket = await createBucket(s3.client)
  const { accessKeyId, secretAccessKey } = (s3.limited ?? s3).credentials
  const environment = {
    S3_BUCKET: bucket,
    S3_ENDPOINT: s3.endpoint,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  }
  await uploadOverRestart(signal, environment, async () => ({ client: s3.client, bucket }))
})

test.skipIf(inject('ceph')).each(signals)(
  'the app and the embedded S3 store in one process, with %s (not on Ceph)',
  async (signal) => {
    await uploadOverRestart(signal, {}, (server, endpoint) => server.openEmbeddedS3(endpoint))
  },
)

async function uploadOverRestart(
  signal: NodeJS.Signals,
  s3Environment: Record<string, string>,
  openPlace: (server: DemoProcess, endpoint: string) => Promise<{ client: S3Client; bucket: string }>,
): Promise<void> {
  const port = await freePort()
  const environment = { PORT: String(port), ...s3Environment }
  const first = await startDemoProcess(environment)
  let server = first
  onTestFinished(() => server.end())
  await first.untilPrinted('Ctrl-C')
  const file = await files.create(`restart ${signal}.txt`, PARTS * 7 * MiB)
  const demo = await DemoPage.open(browser, `http://localhost:${port}`)
  onTestFinished(() => demo.close())
  const stored = demo.watchStoredParts()
  await demo.add([file])
  await demo.slowlyUntil(6, () => demo.startUpload())
  // A server that ends gracefully waits for what it receives.
  await demo.limitUploadSpeed(20 * MiB)

  const noticed = demo.page.waitForEvent('requestfailed')
  first.signal(signal)
  await first.exit
  await noticed
  const kept = [...stored]
  expect(kept.length).toBeGreaterThanOrEqual(6)
  const sent = demo.watchSentParts()
  server = await startDemoProcess(environment, first)
  await server.untilPrinted('Ctrl-C')
  await demo.limitUploadSpeed(-1)
  // A file that Uppy was told an error of would stay failed until somebody clicks.
  await demo.untilComplete()
  expect(sent.filter((part) => kept.includes(part))).toEqual([])
  expect(stored.toSorted((a, b) => a - b)).toEqual(otherParts(PARTS, []))
  const [{ url } = { url: '' }] = await demo.stored()
  await expectStored(demo, file, await openPlace(server, new URL(url).origin))
}

// An upload whose parts carry a CRC-64/NVME: signed, verified on arrival, compared after a reload, combined.
import { join } from 'node:path'
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { partway, type UploadedObject } from '@partway/koa'
import Koa from 'koa'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { serve, testOptions } from '../server/serve.js'
import { storedParts, unfinishedUploads } from '../support/bucket-contents.js'
import { type BuiltPage, buildPage } from '../support/build-page.js'
import { createFileFolder, type FileFolder, sha256OfObject } from '../support/files.js'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { connectBrowser } from '../support/shared-browser.js'
import { DemoPage } from './demo-page.js'
import { expectOnlyMissing } from './expect-stored.js'

const partSize = 5 * 1024 ** 2

let s3: S3UnderTest
let browser: Browser
let files: FileFolder
let site: BuiltPage

beforeAll(async () => {
  s3 = await openS3()
  browser = await connectBrowser()
  files = await createFileFolder()
  site = await buildPage(join(import.meta.dirname, 'remount-page'))
})
afterAll(async () => {
  await browser?.close()
  await s3?.close()
  await files?.remove()
})

test('over a reload, to the object', async () => {
  const bucket = await createBucket(s3.client)
  const completed: UploadedObject[] = []
  const onComplete = (object: UploadedObject) => void completed.push(object)
  const app = new Koa()
  app.use(
    partway(testOptions(s3, bucket, { owner: () => 'ada', partSize, checksum: 'crc64nvme', onComplete })),
  )
  app.use(site.serve)
  const host = await serve(app.callback())
  onTestFinished(() => host.close())
  const page = await DemoPage.open(browser, host.origin)
  onTestFinished(() => page.close())
  const withoutChecksum: string[] = []
  const completions: { checksum?: string }[] = []
  page.page.on('request', (request) => {
    if (request.method() === 'PUT' && !request.headers()['x-amz-checksum-crc64nvme']) {
      withoutChecksum.push(request.url())
    }
    if (request.url().endsWith('/complete')) completions.push(request.postDataJSON())
  })

  const file = await files.create('crc64nvme.txt', 6 * partSize)
  await page.uploadUntilStored(file, 3)
  await page.page.reload()
  await page.letGo()
  const [upload] = await unfinishedUploads(s3.client, bucket)
  const kept = upload ? await storedParts(s3.client, bucket, upload) : []
  expect(kept.length).toBeGreaterThanOrEqual(3)
  const sent = page.watchSentParts()
  await page.upload([file])
  await page.untilComplete()

  expectOnlyMissing(sent, kept)
  expect(withoutChecksum).toEqual([])
  const [object] = completed as [UploadedObject]
  expect(await sha256OfObject(s3.client, bucket, object.key)).toBe(file.sha256)
  expect(page.errors).toEqual([])
  // Ceph 18 keeps no checksums.
  if (s3.name === 'ceph') return
  const address = { Bucket: bucket, Key: object.key, ChecksumMode: 'ENABLED' } as const
  const head = await s3.client.send(new HeadObjectCommand(address))
  expect(completions.map(({ checksum }) => checksum)).toEqual([head.ChecksumCRC64NVME])
  expect(head.ChecksumType).toBe('FULL_OBJECT')
})

// A resume of 1,300 parts, of which S3 has 1,200 on two pages of its list. Partway itself cuts no file below 32 GiB into so many:
// the upload is one of an older version. The temporary folder needs 13 GiB.
import { open } from 'node:fs/promises'
import { CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import pMap from 'p-map'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeUploadId } from '../../server/src/rules/upload-id.js'
import { DemoPage } from '../browser/demo-page.js'
import { type HostedPage, hostPage } from '../browser/host-page.js'
import { unfinishedUploads } from '../support/bucket-contents.js'
import { type SourceFile, sha256OfObject } from '../support/files.js'

const PART_BYTES = 5 * 1024 ** 2
const PARTS = 1300
const STORED = 1200

let host: HostedPage

beforeAll(async () => {
  host = await hostPage('elsewhere-page', { unfinished: true })
})
afterAll(() => host?.close())

/** Begins ada's upload of the file, as far as {@link STORED} parts, and says where. */
async function begin(file: SourceFile): Promise<string> {
  const { client } = host.s3
  const id = makeUploadId(file.size)
  const address = { Bucket: host.bucket, Key: `ada/${id}/${file.name}` }
  const metadata = { 'partway-id': id }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...address, Metadata: metadata }))
  const source = await open(file.path)
  const send = async (PartNumber: number) => {
    const Body = Buffer.alloc(PART_BYTES)
    await source.read(Body, 0, PART_BYTES, (PartNumber - 1) * PART_BYTES)
    await client.send(new UploadPartCommand({ ...address, UploadId, PartNumber, Body }))
  }
  const numbers = Array.from({ length: STORED }, (_, index) => index + 1)
  await pMap(numbers, send, { concurrency: 4 })
  await source.close()
  return address.Key
}

test('only the 100 parts that are missing are sent', { timeout: 600_000 }, async () => {
  const file = await host.files.create('many.bin', PARTS * PART_BYTES)
  const key = await begin(file)
  const page = await DemoPage.open(host.browser, host.origin)
  const upload = page.page.locator('#unfinished li')
  expect(await upload.textContent()).toContain('many.bin: 92 %')

  const sent = page.watchSentParts()
  const told = page.untilTold('Resuming “many.bin” at 92 %.')
  await upload.locator('input').setInputFiles(file.path)
  await told
  await page.page.locator('.uppy-StatusBar.is-complete').waitFor({ timeout: 300_000 })

  const missing = Array.from({ length: PARTS - STORED }, (_, index) => STORED + index + 1)
  expect(sent.toSorted((a, b) => a - b)).toEqual(missing)
  expect(await sha256OfObject(host.s3.client, host.bucket, key)).toBe(file.sha256)
  expect(await unfinishedUploads(host.s3.client, host.bucket)).toEqual([])
  expect(page.errors).toEqual([])
})

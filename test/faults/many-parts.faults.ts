// A resume of 1,300 parts, of which S3 has 1,200 on two pages of its list. Partway itself cuts no file below 32 GiB into so many:
// the upload is one of an older version. The temporary folder needs 13 GiB.
import { open } from 'node:fs/promises'
import { UploadPartCommand } from '@aws-sdk/client-s3'
import pMap from 'p-map'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DemoPage } from '../browser/demo-page.js'
import { type HostedPage, hostPage } from '../browser/host-page.js'
import { changeJournal } from '../server/change-journal.js'
import { client } from '../server/native-client.js'
import { unfinishedUploads } from '../support/bucket-contents.js'
import { type SourceFile, sha256OfObject } from '../support/files.js'
import { pickFiles } from '../support/shared-browser.js'

const PART_BYTES = 5 * 1024 ** 2
const PARTS = 1300
const STORED = 1200

let host: HostedPage

beforeAll(async () => {
  host = await hostPage('unfinished-page')
})
afterAll(() => host?.close())

/** Begins ada's upload of the file, in parts of {@link PART_BYTES}, as far as {@link STORED} of them, and says where. */
async function begin({ name, size, path }: SourceFile): Promise<string> {
  const { client: s3Client } = host.s3
  await client(host).create({ name, type: '', size, idempotencyKey: '0123456789abcdef' })
  let address = { Bucket: host.bucket, Key: '', UploadId: '' }
  await changeJournal(s3Client, host.bucket, (_, { key, uploadId }) => {
    address = { ...address, Key: key, UploadId: uploadId }
    return { partSize: PART_BYTES }
  })
  const source = await open(path)
  const send = async (PartNumber: number) => {
    const Body = Buffer.alloc(PART_BYTES)
    await source.read(Body, 0, PART_BYTES, (PartNumber - 1) * PART_BYTES)
    await s3Client.send(new UploadPartCommand({ ...address, PartNumber, Body }))
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
  await pickFiles(upload.locator('input'), [file])
  await told
  await page.page.locator('.uppy-StatusBar.is-complete').waitFor({ timeout: 300_000 })

  const missing = Array.from({ length: PARTS - STORED }, (_, index) => STORED + index + 1)
  expect(sent.toSorted((a, b) => a - b)).toEqual(missing)
  expect(await sha256OfObject(host.s3.client, host.bucket, key)).toBe(file.sha256)
  expect(await unfinishedUploads(host.s3.client, host.bucket)).toEqual([])
  expect(page.errors).toEqual([])
})

// The S3 port's list of unfinished uploads, on a real store: every page, and where it ends.
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import { afterAll, expect, test } from 'vitest'
import { SdkS3 } from '../../../server/src/s3/sdk-s3.js'
import { createBucket, openS3 } from '../../support/s3-under-test.js'

const store = await openS3()
const { client } = store
const s3 = new SdkS3(client, 60_000)
const { signal } = new AbortController()
afterAll(() => store.close())

async function begin(bucket: string, keys: string[]): Promise<void> {
  const rest = keys.values()
  const work = async () => {
    for (const Key of rest) await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }))
  }
  await Promise.all(Array.from({ length: 16 }, work))
}
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`)

test('more than a page of them, of one prefix, when they began, and no more than 2,000', async () => {
  const bucket = await createBucket(client)
  const keys = names('ada/', 1100)
  await begin(bucket, [...keys, ...names('ad/', 3), ...names('adam/', 3), 'ada'])
  const listed = await s3.listUploads(bucket, 'ada/', signal)
  expect(listed.map(({ key }) => key).sort()).toEqual([...keys].sort())
  expect(new Set(listed.map(({ uploadId }) => uploadId)).size).toBe(1100)
  for (const { initiatedAt } of listed) expect(Math.abs(initiatedAt - Date.now() / 1000)).toBeLessThan(300)

  await begin(bucket, names('ada/more/', 1000))
  expect(await s3.listUploads(bucket, 'ada/', signal)).toHaveLength(2000)
})

test('nothing', async () => {
  expect(await s3.listUploads(await createBucket(client), 'ada/', signal)).toEqual([])
})

test('a client that goes away ends it', async () => {
  const gone = new Error('gone')
  await expect(s3.listUploads('media', 'ada/', AbortSignal.abort(gone))).rejects.toBe(gone)
})

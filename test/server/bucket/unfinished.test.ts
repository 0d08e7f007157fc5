// sweep and usage, with unfinished uploads on a real store.
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { sweep, type UploadTotals, usage } from '@partway/server/bucket'
import { afterAll, expect, test } from 'vitest'
import { sumByAge } from '../../../server/core/src/bucket/usage.js'
import { createBucket, openS3 } from '../../support/s3-under-test.js'
import { listContents } from '../s3-contents.js'
import { document, fault, type StoreStub, startStub } from './store-stub.js'

const s3 = await openS3()
const { client } = s3
let stub: StoreStub | undefined
afterAll(async () => {
  await s3.close()
  await stub?.close()
})

const HOUR = 3_600_000

/** Begins an upload of one part. */
async function begin(bucket: string, key: string, body: string): Promise<string> {
  const object = { Bucket: bucket, Key: key }
  const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand(object))
  if (body) await client.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: body }))
  return UploadId
}

/** Three uploads of 6 bytes below `a/`, and two of 3 elsewhere. */
async function fill(): Promise<string> {
  const bucket = await createBucket(client)
  for (const key of ['a/1', 'a/2', 'a/3']) await begin(bucket, key, '6bytes')
  await begin(bucket, 'b', '3by')
  await begin(bucket, 'b', '')
  return bucket
}

test('usage counts uploads and bytes, and those of a prefix', async () => {
  const bucket = await fill()
  const seen: UploadTotals[] = []
  const all = await usage({ client, bucket, onProgress: (soFar) => seen.push(soFar) })
  expect(all).toEqual({
    bucket,
    prefix: '',
    uploads: 5,
    bytes: 21,
    ages: [
      { age: 'under 1 day', uploads: 5, bytes: 21 },
      { age: '1 to 7 days', uploads: 0, bytes: 0 },
      { age: '7 to 30 days', uploads: 0, bytes: 0 },
      { age: 'over 30 days', uploads: 0, bytes: 0 },
    ],
    oldest: expect.stringMatching(/^\d{4}-.*Z$/),
  })
  expect(seen.map(({ uploads }) => uploads)).toEqual([1, 2, 3, 4, 5])
  expect(seen.at(-1)).toEqual({ uploads: 5, bytes: 21 })
  expect(await usage({ client, bucket, prefix: 'a/' })).toMatchObject({ uploads: 3, bytes: 18 })
  const empty = await createBucket(client)
  expect(await usage({ client, bucket: empty })).toMatchObject({ uploads: 0, bytes: 0, oldest: null })
})

test('ages are told apart at their bounds', () => {
  const ages = [
    0,
    24 * HOUR - 1,
    24 * HOUR,
    7 * 24 * HOUR,
    30 * 24 * HOUR - 1,
    30 * 24 * HOUR,
    999 * 24 * HOUR,
  ]
  const sums = sumByAge(ages.map((ageMs, index) => ({ ageMs, bytes: 10 ** index })))
  expect(sums.map(({ uploads, bytes }) => [uploads, bytes])).toEqual([
    [2, 11],
    [1, 100],
    [2, 11_000],
    [2, 1_100_000],
  ])
})

test('sweep aborts what is old enough, over all pages, and counts what it frees', async () => {
  const bucket = await fill()
  const swept = await sweep({ client, bucket, olderThanMs: 0, pageSize: 2 })
  expect(swept).toEqual({ bucket, prefix: '', dryRun: false, aborted: 5, bytes: 21, kept: 0, failures: [] })
  expect((await listContents(client, bucket)).uploads).toEqual([])
  expect(await sweep({ client, bucket, olderThanMs: 0 })).toMatchObject({ aborted: 0, bytes: 0 })
})

test('a dry run counts the same and aborts nothing', async () => {
  const bucket = await fill()
  expect(await sweep({ client, bucket, olderThanMs: 0, dryRun: true, pageSize: 2 })).toMatchObject({
    dryRun: true,
    aborted: 5,
    bytes: 21,
  })
  expect((await listContents(client, bucket)).uploads).toHaveLength(5)
})

test('what is younger, or has another prefix, stays', async () => {
  const bucket = await fill()
  expect(await sweep({ client, bucket, olderThanMs: HOUR })).toMatchObject({ aborted: 0, kept: 5 })
  expect(await sweep({ client, bucket, olderThanMs: 0, prefix: 'a/' })).toMatchObject({
    aborted: 3,
    bytes: 18,
  })
  expect((await listContents(client, bucket)).uploads).toEqual(['b', 'b'])
})

test('an upload that ends meanwhile is neither counted nor a failure', async () => {
  const bucket = await createBucket(client)
  const UploadId = await begin(bucket, 'a', '6bytes')
  await begin(bucket, 'b', '3by')
  const target = { Bucket: bucket, Key: 'a', UploadId }
  // The page of the list has been read by then, and it is aborted before its turn.
  let aborted = false
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'ListPartsCommand' && !aborted) {
          aborted = true
          await client.send(new AbortMultipartUploadCommand(target))
        }
        return next(args)
      },
    { step: 'initialize', name: 'abortBetween' },
  )
  try {
    expect(await sweep({ client, bucket, olderThanMs: 0 })).toMatchObject({
      aborted: 1,
      bytes: 3,
      failures: [],
    })
  } finally {
    client.middlewareStack.remove('abortBetween')
  }
})

const uploadsXml = (...keys: string[]) => ({
  status: 200,
  body: `<ListMultipartUploadsResult>${keys
    .map(
      (key) =>
        `<Upload><Key>${key}</Key><UploadId>id</UploadId><Initiated>2020-01-01T00:00:00Z</Initiated></Upload>`,
    )
    .join('')}</ListMultipartUploadsResult>`,
})
const partsXml = {
  status: 200,
  body: '<ListPartsResult><Part><PartNumber>1</PartNumber><Size>7</Size></Part></ListPartsResult>',
}

test('one that cannot be aborted is reported, and the others go on', async () => {
  let aborts = 0
  stub = await startStub({
    'GET uploads': uploadsXml('a', 'b', 'c'),
    'GET uploadId': partsXml,
    'DELETE uploadId': () => {
      aborts += 1
      return aborts === 1 ? fault(403, 'AccessDenied') : { status: 204 }
    },
  })
  const swept = await sweep({ ...stub.target, olderThanMs: 0 })
  expect(swept).toMatchObject({ aborted: 2, bytes: 14 })
  expect(swept.failures).toEqual([
    {
      key: expect.stringMatching(/^[abc]$/),
      uploadId: 'id',
      code: 'access_denied',
      message:
        'The credentials may not do s3:AbortMultipartUpload on the bucket "media". Allow it, or use others.',
    },
  ])
})

test('an upload whose age the store does not tell is taken for a new one', async () => {
  const undated =
    '<ListMultipartUploadsResult><Upload><Key>a</Key><UploadId>id</UploadId></Upload></ListMultipartUploadsResult>'
  stub = await startStub({ 'GET uploads': document(undated), 'GET uploadId': partsXml })
  expect(await sweep({ ...stub.target, olderThanMs: HOUR })).toMatchObject({ aborted: 0, kept: 1 })
  expect(stub.seen.map(({ request }) => request)).not.toContain('DELETE uploadId')
})

test('a signal ends it: nothing more is aborted', async () => {
  const interruption = new AbortController()
  const store = await startStub({
    'GET uploads': uploadsXml(...Array.from({ length: 40 }, (_, index) => `key-${index}`)),
    'GET uploadId': partsXml,
    'DELETE uploadId': () => {
      interruption.abort(new Error('enough'))
      return { status: 204 }
    },
  })
  const { target } = store
  await expect(sweep({ ...target, olderThanMs: 0, signal: interruption.signal })).rejects.toThrow('enough')
  expect(store.changes().length).toBeLessThan(40)
  await store.close()
})

test.each([-1, Number.NaN])('olderThanMs %s is a mistake', async (olderThanMs) => {
  await expect(sweep({ client, bucket: 'media', olderThanMs })).rejects.toThrow('sweep(): option olderThanMs')
})

// Conditions by date, and which of two conditions decides.
import {
  CompleteMultipartUploadCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { beginUpload, refusal, sendPart } from './s3-replies.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
const Bucket = await createBucket(client)
afterAll(() => s3.close())

const preconditionFailed = { code: 'PreconditionFailed', status: 412 }
const day = 24 * 60 * 60_000
const yesterday = new Date(Date.now() - day)

describe('reading', () => {
  let IfMatch = ''
  let written = new Date()
  beforeAll(async () => {
    const put = await client.send(new PutObjectCommand({ Bucket, Key: 'read', Body: 'x' }))
    IfMatch = put.ETag ?? ''
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'read' }))
    written = head.LastModified ?? written
  })

  const status = (conditions: Partial<GetObjectCommandInput>) =>
    Promise.all(
      [GetObjectCommand, HeadObjectCommand].map(async (Command) => {
        const request = client.send(new Command({ Bucket, Key: 'read', ...conditions }) as GetObjectCommand)
        return request.then(
          ({ $metadata }) => $metadata.httpStatusCode,
          ({ $metadata }) => $metadata?.httpStatusCode,
        )
      }),
    )

  test('If-Modified-Since: the date of the object itself is not before it', async () => {
    expect(await status({ IfModifiedSince: yesterday })).toEqual([200, 200])
    expect(await status({ IfModifiedSince: written })).toEqual([304, 304])
  })

  test('If-Unmodified-Since: the date of the object itself is not after it', async () => {
    expect(await status({ IfUnmodifiedSince: written })).toEqual([200, 200])
    expect(await status({ IfUnmodifiedSince: yesterday })).toEqual([412, 412])
  })

  test('an If-Match that holds decides before If-Unmodified-Since', async () => {
    expect(await status({ IfMatch, IfUnmodifiedSince: yesterday })).toEqual([200, 200])
  })

  test('an If-None-Match that fails decides before If-Modified-Since', async () => {
    expect(await status({ IfNoneMatch: IfMatch, IfModifiedSince: yesterday })).toEqual([304, 304])
  })

  test('an If-None-Match that holds, too', async () => {
    expect(await status({ IfNoneMatch: '"other"', IfModifiedSince: written })).toEqual([200, 200])
  })

  test('a 304 has the ETag and the date, and no body', async () => {
    const get = client.send(new GetObjectCommand({ Bucket, Key: 'read', IfNoneMatch: IfMatch }))
    const headers = await get.catch((error) => error.$response?.headers)
    expect(headers).toMatchObject({ etag: IfMatch })
  })
})

describe('writing with If-Match', () => {
  const put = (Body: string, input: Partial<PutObjectCommandInput> = {}) =>
    client.send(new PutObjectCommand({ Bucket, Key: 'write', Body, ...input }))
  const read = async (Key = 'write') => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
    return Body?.transformToString()
  }

  test('replaces the object with that ETag, and no other (which Ceph 18 knows without quotes)', async () => {
    const { ETag } = await put('first')
    const IfMatch = onCeph ? ETag?.replaceAll('"', '') : ETag
    await put('second', { IfMatch })
    expect(await refusal(put('third', { IfMatch }))).toEqual(preconditionFailed)
    expect(await read()).toBe('second')
  })

  test('needs an object', async () => {
    const request = put('x', { Key: 'absent', IfMatch: '"0123456789abcdef0123456789abcdef"' })
    // Ceph compares with nothing.
    expect(await refusal(request)).toEqual(onCeph ? preconditionFailed : { code: 'NoSuchKey', status: 404 })
  })

  test.skipIf(onCeph)(
    'of two writers who read the same, one wins (Ceph: checks before it writes)',
    async () => {
      const { ETag: IfMatch } = await put('read by both')
      const results = await Promise.allSettled(['a', 'b', 'c'].map((body) => put(body, { IfMatch })))
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    },
  )

  test.skipIf(onCeph)('holds for a completion (Ceph 18 looks at no condition)', async () => {
    const { ETag: IfMatch } = await put('first')
    const upload = await beginUpload(client, Bucket, 'write')
    const Parts = [await sendPart(client, upload, 1, Buffer.from('parts'))]
    const complete = (condition: { IfMatch: string | undefined }) =>
      client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...condition }))
    expect(await refusal(complete({ IfMatch: '"other"' }))).toEqual(preconditionFailed)
    await complete({ IfMatch })
    expect(await read()).toBe('parts')
    // The object is no longer the one that the condition names, but the one that the first call made of it.
    await complete({ IfMatch })
  })
})

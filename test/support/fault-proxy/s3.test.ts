// In front of an S3 service: signatures, preflights and large parts work through the proxy as without it.
import { createHash, randomBytes } from 'node:crypto'
import {
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256OfObject } from '../files.js'
import { createBucket, openS3, type S3UnderTest } from '../s3-under-test.js'
import { type FaultProxy, startFaultProxy } from './index.js'
import { page } from './proxied-target.js'

let s3: S3UnderTest
let bucket: string
let proxy: FaultProxy
/** Signs for the proxy's address. */
let client: S3Client

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client, [page])
  proxy = await startFaultProxy({ target: s3.endpoint })
  const { region, credentials } = s3
  client = new S3Client({ endpoint: proxy.origin, region, credentials, forcePathStyle: true })
})
afterAll(async () => {
  client.destroy()
  await proxy.close()
  await s3.close()
})

test('a presigned PUT with its preflight', async () => {
  const body = randomBytes(20 * 1024 * 1024)
  const url = await getSignedUrl(client, new PutObjectCommand({ Bucket: bucket, Key: 'a b/ü.bin' }))
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin: page,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-md5',
    },
  })
  const md5 = createHash('md5').update(body).digest('base64')
  const answered = await fetch(url, { method: 'PUT', headers: { origin: page, 'content-md5': md5 }, body })

  expect(preflight.status).toBe(200)
  expect(preflight.headers.get('access-control-allow-origin')).toMatch(/^(\*|https:\/\/page\.example)$/)
  expect(answered.status, await answered.text()).toBe(200)
  expect(answered.headers.get('access-control-expose-headers')).toMatch(/etag/i)
  expect(await sha256OfObject(s3.client, bucket, 'a b/ü.bin')).toBe(
    createHash('sha256').update(body).digest('hex'),
  )
})

test('calls that the AWS SDK signs, and the reply to a wrong signature', async () => {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: 'parts' }))
  const part = { Bucket: bucket, Key: 'parts', UploadId, PartNumber: 1, Body: Buffer.alloc(5 * 1024 * 1024) }
  const { ETag } = await client.send(new UploadPartCommand(part))
  const url = await getSignedUrl(client, new PutObjectCommand({ Bucket: bucket, Key: 'x' }))
  const refused = await fetch(url.replace(/Signature=../, 'Signature=00'), { method: 'PUT', body: 'x' })

  expect(ETag).toMatch(/^"[0-9a-f]{32}"$/)
  expect(refused.status).toBe(403)
  expect(await refused.text()).toContain('SignatureDoesNotMatch')
})

// The embedded store only: the bucket as a part of the host's name. What resolves names to addresses is not asked.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { type Store, startStore } from '@partway/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { credentials } from './embedded-store.js'
import { beginUpload, sendPart, sha256, someBytes } from './s3-replies.js'
import { sendTo, signRequest } from './signed-request.js'

const Bucket = 'by-host'
const bytes = someBytes(1000)
const region = 'us-east-1'
const accepted = { code: '', status: 200 }

let folder: string
let store: Store
let port: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partway-addressing-'))
  store = await startStore({ dataFolder: join(folder, 's3'), ...credentials })
  port = new URL(store.endpoint).port
})
afterAll(async () => {
  await store?.close()
  await rm(folder, { recursive: true, force: true })
})

/** Addresses buckets by host, and finds every host on this machine. */
function connect(domain: string): S3Client {
  const httpAgent = new Agent({
    lookup: (_, options, found) =>
      options.all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4),
  })
  return new S3Client({
    endpoint: `http://${domain}:${port}`,
    region,
    credentials,
    requestHandler: { httpAgent },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
}

/** @param url Its host goes into the Host header only. */
function send(url: string, method: string, body?: Uint8Array, headers: Record<string, string> = {}) {
  const { host, pathname, search } = new URL(url)
  return sendTo(target(), method, pathname + search, { host, ...headers }, body)
}

const target = () => ({ endpoint: store.endpoint, region, credentials })

describe.each(['localhost', 's3.localhost'])('buckets below %s', (domain) => {
  const bucket = `${Bucket}.${domain}`
  let client: S3Client
  let origin: string
  beforeAll(async () => {
    client = connect(domain)
    origin = `http://${bucket}:${port}`
    await client.send(new CreateBucketCommand({ Bucket }))
  })
  afterAll(async () => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
    for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket, Key }))
    await client.send(new DeleteBucketCommand({ Bucket }))
    client.destroy()
  })

  const expectStored = async (Key: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
    expect(sha256((await Body?.transformToByteArray()) ?? new Uint8Array())).toBe(sha256(bytes))
  }

  test('take objects, also those whose key begins with the name of the bucket', async () => {
    for (const Key of ['a b+ü/c', `${Bucket}/a`]) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body: bytes }))
      await expectStored(Key)
    }
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }))
    expect(Contents?.map(({ Key }) => Key)).toEqual(['a b+ü/c', `${Bucket}/a`])
  })

  test('take uploads in parts, and are named in the Location', async () => {
    const upload = await beginUpload(client, Bucket, 'parts ü')
    const Parts = [await sendPart(client, upload, 1, bytes)]
    const { Location } = await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
    )
    expect(Location).toBe(`${origin}/${encodeURIComponent('parts ü')}`)
    await expectStored('parts ü')
  })

  test('take presigned URLs, which are good at that host only', async () => {
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 'presigned' }))
    expect(new URL(url).host).toBe(`${bucket}:${port}`)
    expect(await send(url.replace(bucket, `other.${domain}`), 'PUT', bytes)).toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
    expect(await send(url, 'PUT', bytes)).toMatchObject(accepted)
    await expectStored('presigned')
  })

  test('take forms', async () => {
    const { url, fields } = await createPresignedPost(client, { Bucket, Key: 'form' })
    expect(new URL(url).host).toBe(`${bucket}:${port}`)
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    form.set('file', new Blob([new Uint8Array(bytes)]), 'file.bin')
    const encoded = new Request(url, { method: 'POST', body: form })
    const headers = { 'content-type': encoded.headers.get('content-type') ?? '' }
    const answer = await send(url, 'POST', Buffer.from(await encoded.arrayBuffer()), headers)
    expect(answer).toMatchObject({ status: 204, headers: { location: `${origin}/form` } })
    await expectStored('form')
  })

  test('answer preflights by the rules of the bucket', async () => {
    const CORSRules = [{ AllowedOrigins: ['https://app.example'], AllowedMethods: ['PUT'] }]
    await client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }))
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'PUT' }
    const answer = await send(`${origin}/key`, 'OPTIONS', undefined, headers)
    expect(answer.headers['access-control-allow-origin']).toBe('https://app.example')
  })

  test('that do not exist are NoSuchBucket', async () => {
    const list = client.send(new ListObjectsV2Command({ Bucket: 'no-such-bucket' }))
    await expect(list).rejects.toMatchObject({ name: 'NoSuchBucket' })
  })
})

/** ListBuckets, signed for the host. */
async function ask(host: string, path: string, at: Store = store) {
  const payloadHash = 'UNSIGNED-PAYLOAD'
  const s3 = { ...target(), endpoint: at.endpoint }
  const { headers } = signRequest(s3, { method: 'GET', path, host, payloadHash })
  return sendTo(s3, 'GET', path, headers)
}
const allBuckets = expect.stringContaining('<ListAllMyBucketsResult')

test.each(['localhost', 'LOCALHOST:1', 's3.localhost', '127.0.0.1:9000', '[::1]:9000', 'store.example'])(
  'the path names the bucket at %s',
  async (host) => {
    expect(await ask(host, '/')).toMatchObject({ status: 200, text: allBuckets })
    expect(await ask(host, '/no-such-bucket/key')).toMatchObject({ code: 'NoSuchBucket' })
  },
)

test('domains: others than the default', async () => {
  const options = { dataFolder: join(folder, 'other'), ...credentials, domains: ['s3.example'] }
  const other = await startStore(options)
  try {
    expect(await ask('abc.localhost', '/', other)).toMatchObject({ status: 200, text: allBuckets })
    expect(await ask('s3.example', '/', other)).toMatchObject({ status: 200, text: allBuckets })
    expect(await ask('abc.s3.example', '/key', other)).toMatchObject({ code: 'NoSuchBucket' })
  } finally {
    await other.close()
  }
})

// The embedded store only: whatever a bucket or an object is called, files stay in the data folder.
import { createHash, createHmac } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { type Store, startStore } from '@partway/store'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusal } from './s3-replies.js'

const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded-secret' }
const Bucket = 'names'
let parent = ''
let store: Store
let client: S3Client

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'partway-names-'))
  await mkdir(join(parent, 'data'))
  store = await startStore({ dataFolder: join(parent, 'data'), ...credentials })
  client = new S3Client({ endpoint: store.endpoint, region: 'us-east-1', credentials, forcePathStyle: true })
  await client.send(new CreateBucketCommand({ Bucket }))
})
afterAll(async () => {
  client.destroy()
  await store.close()
  await rm(parent, { recursive: true, force: true })
})

async function allFiles(): Promise<string[]> {
  return (await readdir(parent, { recursive: true })).filter(
    (name) => !name.startsWith('data/buckets/names/'),
  )
}

/** Sends the path as it is, which no client library would. */
function putRaw(path: string): Promise<number> {
  const { host, port, hostname } = new URL(store.endpoint)
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${timestamp.slice(0, 8)}/us-east-1/s3/aws4_request`
  const canonical = `PUT\n${path.replaceAll('%2F', '/')}\n\nhost:${host}\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:${timestamp}\n\nhost;x-amz-content-sha256;x-amz-date\nUNSIGNED-PAYLOAD`
  const hash = createHash('sha256').update(canonical).digest('hex')
  const key = [...scope.split('/')].reduce<Buffer | string>(
    (secret, text) => createHmac('sha256', secret).update(text).digest(),
    `AWS4${credentials.secretAccessKey}`,
  )
  const signature = createHmac('sha256', key)
    .update(`AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash}`)
    .digest('hex')
  const headers = {
    host,
    'content-length': 1,
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-amz-date': timestamp,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`,
  }
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method: 'PUT', headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject)
    request.end('x')
  })
}

test.each([
  '/names/../../outside',
  '/names/..%2F..%2Foutside',
  '/names/a%00b',
  '/names/..%5C..%5Coutside',
  '/names//etc/passwd',
  '/names/.',
])('the key in %s is only a name', async (path) => {
  const before = await allFiles()
  expect(await putRaw(path)).toBe(200)
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url' }))
  const key = encodeURIComponent(decodeURIComponent(path.slice('/names/'.length))).replaceAll('%2F', '/')
  expect(Contents?.map(({ Key }) => Key)).toContain(key)
  expect(await allFiles()).toEqual(before)
})

test.each(['/../a', '/../../a/b', '/..%2Fnames/a', '/%2e%2e/a', '/./a'])(
  '%s names no bucket',
  async (path) => {
    const before = await allFiles()
    expect(await putRaw(path)).toBeGreaterThanOrEqual(400)
    expect(await allFiles()).toEqual(before)
  },
)

test.each(['..', '.', '..%2Fx', 'a\\b'])('no bucket can be called %s', async (name) => {
  const before = await allFiles()
  expect(
    (await refusal(client.send(new CreateBucketCommand({ Bucket: name })))).status,
  ).toBeGreaterThanOrEqual(400)
  expect(await allFiles()).toEqual(before)
})

test('line ends and other control characters come back in lists as they are', async () => {
  const Keys = ['control/a\rb', 'control/a\r\nb', 'control/ lead and trail ', 'control/007', 'control/\u0001']
  for (const Key of Keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
  const { Contents } = await client.send(
    new ListObjectsV2Command({ Bucket, Prefix: 'control/', EncodingType: 'url' }),
  )
  expect(Contents?.map(({ Key }) => decodeURIComponent(Key ?? '')).sort()).toEqual([...Keys].sort())
  const plain = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'control/a' }))
  expect(plain.Contents?.map(({ Key }) => Key)).toEqual(['control/a\r\nb', 'control/a\rb'])
  const { Contents: numbers } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'control/0' }))
  expect(numbers?.map(({ Key }) => Key)).toEqual(['control/007'])
})

test('any text of up to 1,024 bytes is a key, and no two share an object', async () => {
  const keys = fc.uniqueArray(
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((key) => Buffer.byteLength(key) <= 1024),
    { minLength: 2, maxLength: 4 },
  )
  await fc.assert(
    fc.asyncProperty(keys, async (names) => {
      for (const Key of names) await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
      for (const Key of names) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
        expect(await Body?.transformToString()).toBe(Key)
      }
    }),
    { numRuns: 50 },
  )
})

// The embedded store only: temporary credentials, which are good only with their session token.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { type Store, startStore } from '@partway/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { credentials } from './embedded-store.js'
import { outcome, refusal, sha256, someBytes } from './s3-replies.js'

const Bucket = 'temporary'
const sessionToken = 'FwoGZXIvYXdzEXAMPLE+/token=='
const bytes = new Uint8Array(someBytes(1000))
const invalidToken = { code: 'InvalidToken', status: 400 }
const invalidAccessKeyId = { code: 'InvalidAccessKeyId', status: 403 }

let folder: string
const stores: Store[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partway-token-'))
})
afterAll(async () => {
  for (const store of stores) await store.close()
  await rm(folder, { recursive: true, force: true })
})

async function start(options: { sessionToken?: string }): Promise<string> {
  const store = await startStore({ dataFolder: join(folder, `${stores.length}`), ...credentials, ...options })
  stores.push(store)
  const client = connect(store.endpoint, options.sessionToken)
  await client.send(new CreateBucketCommand({ Bucket }))
  return store.endpoint
}

function connect(endpoint: string, sessionToken?: string): S3Client {
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: { ...credentials, ...(sessionToken !== undefined && { sessionToken }) },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
}

/** How the store takes a request with headers, a presigned URL and a form. */
const ways: [string, (client: S3Client) => Promise<{ code: string; status: number | undefined }>][] = [
  [
    'headers',
    async (client) => {
      const put = client.send(new PutObjectCommand({ Bucket, Key: 'key', Body: bytes }))
      return put.then(() => ({ code: '', status: 200 })).catch((error) => refusal(Promise.reject(error)))
    },
  ],
  [
    'a presigned URL',
    async (client) => {
      const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 'key' }))
      return outcome(await fetch(url, { method: 'PUT', body: bytes }))
    },
  ],
  [
    'a form',
    async (client) => {
      const { url, fields } = await createPresignedPost(client, {
        ...{ Bucket, Key: 'key' },
        Fields: { success_action_status: '200' },
      })
      const form = new FormData()
      for (const [name, value] of Object.entries(fields)) form.set(name, value)
      form.set('file', new Blob([bytes]), 'file.bin')
      return outcome(await fetch(url, { method: 'POST', body: form }))
    },
  ],
]

describe.each(ways)('%s', (_, send) => {
  test('with the token of the store', async () => {
    const client = connect(await start({ sessionToken }), sessionToken)
    expect(await send(client)).toEqual({ code: '', status: 200 })
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'key' }))
    expect(sha256((await Body?.transformToByteArray()) ?? new Uint8Array())).toBe(sha256(bytes))
  })

  test('with another token are InvalidToken', async () => {
    const endpoint = await start({ sessionToken })
    expect(await send(connect(endpoint, `${sessionToken}=`))).toEqual(invalidToken)
  })

  test('without the token are InvalidAccessKeyId', async () => {
    expect(await send(connect(await start({ sessionToken })))).toEqual(invalidAccessKeyId)
  })

  test('with a token, at a store that was started without one, are InvalidToken', async () => {
    expect(await send(connect(await start({}), sessionToken))).toEqual(invalidToken)
  })
})

test('the token of a form must stand in its policy', async () => {
  const endpoint = await start({ sessionToken })
  const { url, fields } = await createPresignedPost(connect(endpoint), { Bucket, Key: 'key' })
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('X-Amz-Security-Token', sessionToken)
  form.set('file', new Blob([bytes]), 'file.bin')
  const answer = await fetch(url, { method: 'POST', body: form })
  expect(await outcome(answer)).toEqual({ code: 'AccessDenied', status: 403 })
})

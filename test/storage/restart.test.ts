// The embedded store only: what survives its end, and what an interrupted write leaves behind (nothing).
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { type Store, startStore } from '@partway/store'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Bucket as StoredBucket } from '../../demo/storage/dist/state/bucket.js'
import { connectClient, credentials, forkStore } from './embedded-store.js'
import { beginUpload, minPartSize, refusal, sendPart, sha256, someBytes } from './s3-replies.js'

const Bucket = 'restart'
let dataFolder = ''
let store: Store
let client: S3Client

async function start(): Promise<void> {
  store = await startStore({ dataFolder, ...credentials })
  client = connectClient(store.endpoint)
}

async function stop(): Promise<void> {
  client.destroy()
  await store.close()
}

async function restart(): Promise<void> {
  await stop()
  await start()
}

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'partway-restart-'))
  await start()
  await client.send(new CreateBucketCommand({ Bucket }))
})
afterEach(async () => {
  await stop()
  await rm(dataFolder, { recursive: true, force: true })
})

const folder = (...names: string[]) => join(dataFolder, 'buckets', Bucket, ...names)
const dataFiles = () => readdir(folder('data'))

async function read(Key: string): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
  return Body?.transformToByteArray() ?? new Uint8Array()
}

describe('after a restart', () => {
  test('objects and their description are there', async () => {
    const Body = someBytes(100_000)
    await client.send(
      new PutObjectCommand({ Bucket, Key: 'a/ü', Body, Metadata: { n: '1' }, ContentType: 'x/y' }),
    )
    await restart()
    expect(sha256(await read('a/ü'))).toBe(sha256(Body))
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'a/ü' }))
    expect(head).toMatchObject({ Metadata: { n: '1' }, ContentType: 'x/y' })
  })

  test('an unfinished upload goes on', async () => {
    const upload = await beginUpload(client, Bucket, 'unfinished')
    const contents = [someBytes(minPartSize), someBytes(10)]
    const first = await sendPart(client, upload, 1, contents[0] ?? Buffer.of())
    await restart()
    const { Parts } = await client.send(new ListPartsCommand(upload))
    expect(Parts).toMatchObject([{ PartNumber: 1, Size: minPartSize, ETag: first.ETag }])
    const second = await sendPart(client, upload, 2, contents[1] ?? Buffer.of())
    const MultipartUpload = { Parts: [first, second] }
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }))
    await restart()
    expect(sha256(await read('unfinished'))).toBe(sha256(Buffer.concat(contents)))
    expect(await dataFiles()).toHaveLength(2)
  })

  test('what no record names is gone', async () => {
    await writeFile(folder('data', randomUUID()), 'half a part')
    await writeFile(join(dataFolder, 'temporary', 'record'), '{"key":')
    await restart()
    expect(await dataFiles()).toEqual([])
    expect(await readdir(join(dataFolder, 'temporary'))).toEqual([])
  })

  test('a part whose bytes a power cut tore is not listed', async () => {
    const upload = await beginUpload(client, Bucket, 'torn')
    await sendPart(client, upload, 1, someBytes(1000))
    const [dataId = ''] = await dataFiles()
    await truncate(folder('data', dataId), 500)
    await restart()
    expect((await client.send(new ListPartsCommand(upload))).Parts ?? []).toEqual([])
    expect(await dataFiles()).toEqual([])
  })

  test('an upload that had become an object is not there twice', async () => {
    const upload = await beginUpload(client, Bucket, 'both')
    const part = await sendPart(client, upload, 1, Buffer.from('x'))
    const record = await readFile(folder('uploads', upload.UploadId, 'upload.json'))
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [part] } }))
    await mkdir(folder('uploads', upload.UploadId))
    await writeFile(folder('uploads', upload.UploadId, 'upload.json'), record)
    await restart()
    expect((await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([])
    expect(Buffer.from(await read('both')).toString()).toBe('x')
  })

  test('uploads that the lifecycle rule has overtaken are aborted', async () => {
    const rule = {
      Status: 'Enabled' as const,
      Filter: { Prefix: 'uploads/' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
    }
    const LifecycleConfiguration = { Rules: [rule] }
    await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }))
    const initiatedDaysAgo = async (key: string, days: number) => {
      const upload = await beginUpload(client, Bucket, key)
      await sendPart(client, upload, 1, Buffer.from(key))
      const file = folder('uploads', upload.UploadId, 'upload.json')
      const initiated = new Date(Date.now() - days * 24 * 60 * 60_000).toISOString()
      await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), initiated }))
    }
    await initiatedDaysAgo('uploads/old', 5)
    await initiatedDaysAgo('uploads/new', 2)
    await initiatedDaysAgo('kept/old', 5)
    await restart()
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket }))
    expect(Uploads?.map(({ Key }) => Key)).toEqual(['kept/old', 'uploads/new'])
    expect(await dataFiles()).toHaveLength(2)
  })

  test('objects that the lifecycle rule has overtaken are deleted', async () => {
    const rule = { Status: 'Enabled' as const, Filter: { Prefix: '.partway/' }, Expiration: { Days: 3 } }
    const LifecycleConfiguration = { Rules: [rule] }
    await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }))
    const storedDaysAgo = async (key: string, days: number) => {
      await client.send(new PutObjectCommand({ Bucket, Key: key, Body: key }))
      const file = folder('objects', `${sha256(Buffer.from(key))}.json`)
      const lastModified = new Date(Date.now() - days * 24 * 60 * 60_000).toISOString()
      await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), lastModified }))
    }
    await storedDaysAgo('.partway/old', 5)
    await storedDaysAgo('.partway/new', 2)
    await storedDaysAgo('kept/old', 5)
    await restart()
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }))
    expect(Contents?.map(({ Key }) => Key)).toEqual(['.partway/new', 'kept/old'])
    expect(await dataFiles()).toHaveLength(2)
  })
})

describe('a lifecycle rule', () => {
  const intervalMs = 60 * 60_000
  const expire = vi.spyOn(StoredBucket.prototype, 'expireObject')
  const log = vi.spyOn(console, 'error')

  /** The rule is applied at the next start, and an hour later. */
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
    const rule = { Status: 'Enabled' as const, Filter: { Prefix: '' }, Expiration: { Days: 1 } }
    const LifecycleConfiguration = { Rules: [rule] }
    await restart()
    await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }))
    for (const Key of ['a', 'b']) await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
    vi.setSystemTime(Date.now() + 3 * 24 * intervalMs)
  })
  afterEach(() => {
    vi.useRealTimers()
    expire.mockReset()
    log.mockReset()
  })

  test('that is being applied ends with the object under way before close returns', async () => {
    const events: string[] = []
    expire.mockImplementation(async ({ key }) => {
      events.push(`deleting ${key}`)
      await setTimeout(100)
      events.push(`deleted ${key}`)
    })
    vi.advanceTimersByTime(intervalMs)
    await expect.poll(() => events).toEqual(['deleting a'])
    await stop()
    events.push('closed')
    expect(events).toEqual(['deleting a', 'deleted a', 'closed'])
    await start()
  })

  test('that fails at the start is logged, and the store serves', async () => {
    const failure = new Error('the disk is gone')
    expire.mockRejectedValue(failure)
    log.mockReturnValue()
    await restart()
    expect(log.mock.calls).toEqual([['Lifecycle rules were not applied:', failure]])
    expect(Buffer.from(await read('a')).toString()).toBe('a')
  })
})

describe('a body that is cut off', () => {
  /** Sends the head and `sent` bytes of a part, until the store has written some of them. */
  async function sendHalf(url: string): Promise<() => void> {
    const request = httpRequest(url, { method: 'PUT', headers: { 'content-length': 1_000_000 } })
    request.on('error', () => undefined)
    request.write(someBytes(500_000))
    await expect.poll(async () => (await dataFiles()).length).toBe(1)
    return () => request.destroy()
  }

  test('by the client leaves no part and no file', async () => {
    const upload = await beginUpload(client, Bucket, 'cut')
    const url = await getSignedUrl(client, new UploadPartCommand({ ...upload, PartNumber: 1 }))
    const cutOff = await sendHalf(url)
    cutOff()
    await expect.poll(dataFiles).toEqual([])
    expect((await client.send(new ListPartsCommand(upload))).Parts ?? []).toEqual([])
  })

  test('by the end of the store: close ends with connections open, and leaves nothing', async () => {
    const upload = await beginUpload(client, Bucket, 'closed')
    const url = await getSignedUrl(client, new UploadPartCommand({ ...upload, PartNumber: 1 }))
    await sendHalf(url)
    const idle = connect(Number(new URL(store.endpoint).port), '127.0.0.1')
    await once(idle, 'connect')
    const ended = once(idle, 'close')
    await stop()
    await ended
    expect(await dataFiles()).toEqual([])
    await start()
    expect((await client.send(new ListPartsCommand(upload))).Parts ?? []).toEqual([])
  })

  test('by abort of the upload: the late part is refused and leaves no file', async () => {
    const upload = await beginUpload(client, Bucket, 'late')
    const url = await getSignedUrl(client, new UploadPartCommand({ ...upload, PartNumber: 1 }))
    const request = httpRequest(url, { method: 'PUT', headers: { 'content-length': 1000 } })
    request.write(someBytes(500))
    await expect.poll(async () => (await dataFiles()).length).toBe(1)
    await client.send(new AbortMultipartUploadCommand(upload))
    request.end(someBytes(500))
    const [response] = await once(request, 'response')
    response.resume()
    expect(response.statusCode).toBe(404)
    expect(await dataFiles()).toEqual([])
  })
})

test('kill -9 in the middle of a part: the next store knows the finished parts only', async () => {
  await stop()
  const store = await forkStore(dataFolder)
  client = store.client
  const upload = await beginUpload(client, Bucket, 'killed')
  const part = await sendPart(client, upload, 1, someBytes(1000))
  const url = await getSignedUrl(client, new UploadPartCommand({ ...upload, PartNumber: 2 }))
  const request = httpRequest(url, { method: 'PUT', headers: { 'content-length': 1_000_000 } })
  request.on('error', () => undefined)
  request.write(someBytes(500_000))
  await expect.poll(async () => (await dataFiles()).length).toBe(2)
  await store.kill()

  await start()
  const { Parts } = await client.send(new ListPartsCommand(upload))
  expect(Parts).toMatchObject([{ PartNumber: 1, Size: 1000, ETag: part.ETag }])
  expect(await dataFiles()).toHaveLength(1)
  expect(await refusal(read('killed'))).toMatchObject({ code: 'NoSuchKey' })
})

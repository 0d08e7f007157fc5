// The embedded store only: what is acknowledged survives `kill -9` and, as far as fsync goes, a power cut.
import { EventEmitter, once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startLifecycle } from '../../demo/storage/src/lifecycle.js'
import { Buckets } from '../../demo/storage/src/state/buckets.js'
import { forkStore } from './embedded-store.js'
import { beginUpload, sendPart, sha256, someBytes } from './s3-replies.js'

const Bucket = 'durable'
let dataFolder = ''
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'partway-durability-'))
})
afterEach(() => rm(dataFolder, { recursive: true, force: true }))

async function contentOf(client: S3Client, Key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
  return sha256((await Body?.transformToByteArray()) ?? Buffer.of())
}

test('kill -9 in a loop while uploads run: whatever was acknowledged is there', async () => {
  const rounds = 5
  const progress = new EventEmitter()
  /** By key, the SHA-256 of what was acknowledged. */
  const objects = new Map<string, string>()
  /** Of one key: what was acknowledged last, and what was sent since. */
  let overwritten: string[] = []
  /** By upload id, the acknowledged parts. */
  const parts = new Map<string, object[]>()

  const writers = [
    async (client: S3Client, name: string) => {
      const Body = someBytes(Math.floor(Math.random() * 100_000))
      await client.send(new PutObjectCommand({ Bucket, Key: name, Body }))
      objects.set(name, sha256(Body))
    },
    async (client: S3Client) => {
      const Body = someBytes(1000)
      overwritten.push(sha256(Body))
      await client.send(new PutObjectCommand({ Bucket, Key: 'overwritten', Body }))
      overwritten = [sha256(Body)]
    },
    async (client: S3Client, name: string) => {
      const Body = someBytes(10_000)
      const upload = await beginUpload(client, Bucket, name)
      const MultipartUpload = { Parts: [await sendPart(client, upload, 1, Body)] }
      await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }))
      objects.set(name, sha256(Body))
    },
    async (client: S3Client) => {
      const upload = await beginUpload(client, Bucket, 'unfinished')
      const acknowledged: object[] = []
      parts.set(upload.UploadId, acknowledged)
      for (let number = 1; number <= 5; number++) {
        acknowledged.push(await sendPart(client, upload, number, someBytes(1000)))
      }
    },
  ]

  for (let round = 1; round <= rounds; round++) {
    const { client, kill } = await forkStore(dataFolder)
    if (round === 1) await client.send(new CreateBucketCommand({ Bucket }))
    const writing = Promise.allSettled(
      writers.map(async (write, writer) => {
        for (let n = 0; ; n++) {
          await write(client, `${round}/${writer}/${n}`)
          progress.emit('acknowledged')
        }
      }),
    )
    for (let n = 0; n < 5 * round; n++) await once(progress, 'acknowledged')
    await kill()
    // All were cut off, and none was refused.
    for (const end of await writing) expect(end).not.toMatchObject({ reason: expect.any(S3ServiceException) })
  }

  const { client, exit } = await forkStore(dataFolder)
  for (const [key, hash] of objects) expect([key, await contentOf(client, key)]).toEqual([key, hash])
  expect(overwritten).toContain(await contentOf(client, 'overwritten'))
  for (const [UploadId, acknowledged] of parts) {
    const { Parts = [] } = await client.send(new ListPartsCommand({ Bucket, Key: 'unfinished', UploadId }))
    expect(Parts).toEqual(expect.arrayContaining(acknowledged.map((part) => expect.objectContaining(part))))
  }
  await exit()
  expect(await readdir(dataFolder)).not.toContain('set-aside')
})

test('a bucket waits with its deletion for the changes under way, and takes no new one afterwards', async () => {
  const buckets = await Buckets.open(dataFolder)
  await buckets.create(Bucket)
  const bucket = buckets.get(Bucket)
  const record = { size: 0, etag: '', lastModified: '', segments: [], headers: {}, metadata: {} }
  let goOn = () => {}
  const mayGoOn = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const writing = bucket.change('object', async () => {
    await mayGoOn
    return bucket.saveObject({ key: 'object', ...record })
  })
  const refused = expect(buckets.delete(Bucket)).rejects.toMatchObject({ code: 'BucketNotEmpty' })
  goOn()
  await writing
  await refused
  expect(await readdir(join(dataFolder, 'buckets', Bucket, 'objects'))).toHaveLength(1)

  await bucket.deleteObject('object')
  const deleted = buckets.delete(Bucket)
  await expect(bucket.deleteObject('late')).rejects.toMatchObject({ code: 'NoSuchBucket' })
  await deleted
})

test('a lifecycle rule deletes no object that is written anew meanwhile, though with the same bytes', async () => {
  const buckets = await Buckets.open(dataFolder)
  await buckets.create(Bucket)
  const bucket = buckets.get(Bucket)
  const rule = { id: '', isEnabled: true, prefix: '', expirationDays: 1 }
  await bucket.saveRecord({ ...bucket.record, lifecycleRules: [rule] })
  const written = { key: 'object', size: 0, etag: '', segments: [], headers: {}, metadata: {} }
  const save = (lastModified: Date) =>
    bucket.change('object', () => bucket.saveObject({ ...written, lastModified: lastModified.toISOString() }))
  await save(new Date(0))
  const writing = save(new Date())
  const stop = await startLifecycle(buckets)
  await writing
  await stop()
  expect(await readdir(join(dataFolder, 'buckets', Bucket, 'objects'))).toHaveLength(1)
})

interface TraceEvent {
  name: string
  /** `b`: begins, `e`: ends. */
  ph: string
  ts: number
  args: { path?: string; new_path?: string; data?: { url: string } }
}

/** What Node did on the disk between each request and the end of its reply, as it says in its own trace. */
async function stepsByRequest(trace: string): Promise<string[][]> {
  const { traceEvents } = JSON.parse(await readFile(trace, 'utf8')) as { traceEvents: TraceEvent[] }
  const requests: string[][] = []
  for (const { name, ph, args } of traceEvents.sort((a, b) => a.ts - b.ts)) {
    const steps = requests.at(-1)
    if (name === 'http.server.request' && ph === 'b') requests.push([])
    if (name === 'open' && ph === 'b') steps?.push(`open ${describePath(args.path)}`)
    if (name === 'fsync' && ph === 'e') steps?.push('fsync')
    if (name === 'rename' && ph === 'b') steps?.push(`rename to ${describePath(args.new_path)}`)
    if (name === 'http.server.request' && ph === 'e') steps?.push('reply')
  }
  return requests
}

function describePath(path = ''): string {
  return path
    .slice(dataFolder.length + 1)
    .replace(`buckets/${Bucket}/`, '')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{48,}/, 'ID')
}

test('a power cut after the reply: file and folder were synced before, the bytes before the record', async () => {
  const trace = join(dataFolder, 'trace.json')
  const categories = ['--trace-event-categories', 'node.fs.async,node.http']
  const { client, exit } = await forkStore(dataFolder, [...categories, '--trace-event-file-pattern', trace])
  await client.send(new CreateBucketCommand({ Bucket }))
  await client.send(new PutObjectCommand({ Bucket, Key: 'object', Body: 'bytes' }))
  const upload = await beginUpload(client, Bucket, 'upload')
  const MultipartUpload = { Parts: [await sendPart(client, upload, 1, Buffer.from('bytes'))] }
  await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }))
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'object' }))
  await exit()

  const synced = (folder: string) => [`open ${folder}`, 'fsync']
  const bytes = [...synced('data/ID'), ...synced('data')]
  const moved = (path: string) => [`rename to ${path}`, ...synced(dirname(path))]
  const record = (path: string) => [...synced('temporary/ID'), ...moved(path)]
  const [, put, create, part, complete, remove] = await stepsByRequest(trace)
  expect(put).toEqual([...bytes, ...record('objects/ID.json'), 'reply'])
  expect(create).toEqual([...record('temporary/ID/upload.json'), ...moved('uploads/ID'), 'reply'])
  expect(part).toEqual([...bytes, ...record('uploads/ID/1.json'), 'reply'])
  const forgotten = ['rename to temporary/ID', ...synced('uploads')]
  expect(complete).toEqual([...record('objects/ID.json'), ...forgotten, 'reply'])
  expect(remove).toEqual(['rename to temporary/ID', ...synced('objects'), 'reply'])
})

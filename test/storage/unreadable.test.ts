// The embedded store only: what it cannot read is set aside and named in the log, and the rest serves.
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import {
  CreateBucketCommand,
  GetBucketCorsCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { type Store, startStore } from '@partway/store'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { connectClient, credentials } from './embedded-store.js'
import { type BegunUpload, beginUpload, refusal, sendPart, sha256 } from './s3-replies.js'

const Bucket = 'damaged'
let dataFolder = ''
let store: Store
let client: S3Client
let upload: BegunUpload
const log = vi.spyOn(console, 'error')

async function start(): Promise<void> {
  log.mockReset().mockImplementation(() => undefined)
  store = await startStore({ dataFolder, ...credentials })
  client = connectClient(store.endpoint)
}

async function stop(): Promise<void> {
  client.destroy()
  await store.close()
}

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'partway-unreadable-'))
  await start()
  await client.send(new CreateBucketCommand({ Bucket }))
  for (const Key of ['good', 'bad']) await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
  upload = await beginUpload(client, Bucket, 'upload')
  for (const number of [1, 2]) await sendPart(client, upload, number, Buffer.from(`part ${number}`))
  await stop()
})
afterEach(async () => {
  await stop()
  await rm(dataFolder, { recursive: true, force: true })
})

const path = (...names: string[]) => join('buckets', Bucket, ...names)
const recordOf = (key: string) => path('objects', `${sha256(Buffer.from(key))}.json`)
const recordOfUpload = () => path('uploads', upload.UploadId, 'upload.json')
const recordOfPart = (number: number) => path('uploads', upload.UploadId, `${number}.json`)
const inFolder = (path: string) => join(dataFolder, path)

async function contentOf(Key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
  return (await Body?.transformToString()) ?? ''
}

/** What is set aside, by the path it had: its text, or `undefined` for a folder. */
async function setAside(): Promise<Map<string, string | undefined>> {
  const found = new Map<string, string | undefined>()
  for (const time of await readdir(inFolder('set-aside'))) {
    const root = join(dataFolder, 'set-aside', time)
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name)
      found.set(file.slice(root.length + 1), entry.isFile() ? await readFile(file, 'utf8') : undefined)
    }
  }
  return found
}

const logged = () => log.mock.calls.map(([line]) => String(line))

/** What is served: the objects' keys, the upload's parts. */
async function served(): Promise<{ keys: string[]; parts: number[] | undefined }> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }))
  const { Parts = [] } = Uploads.length > 0 ? await client.send(new ListPartsCommand(upload)) : {}
  return {
    keys: Contents.map(({ Key = '' }) => Key),
    parts: Uploads.length > 0 ? Parts.map(({ PartNumber = 0 }) => PartNumber) : undefined,
  }
}

const whole = { keys: ['bad', 'good'], parts: [1, 2] }
const withoutBad = { ...whole, keys: ['good'] }
const empty = (file: string) => truncate(file)
const foreign = (file: string) => writeFile(file, 'Bud1')

test.each<[string, () => string, (file: string) => Promise<unknown>, object]>([
  ['an empty record of an object', () => recordOf('bad'), empty, withoutBad],
  ['a truncated one', () => recordOf('bad'), (file) => truncate(file, 30), withoutBad],
  ['JSON of something else', () => recordOf('bad'), (file) => writeFile(file, '{"name":"x"}'), withoutBad],
  ['a folder in its place', () => recordOf('bad'), (file) => rm(file).then(() => mkdir(file)), withoutBad],
  [
    'a copy under another name',
    () => path('objects', 'copy.json'),
    (file) => copyFile(inFolder(recordOf('good')), file),
    whole,
  ],
  ['an empty record of a part', () => recordOfPart(1), empty, { ...whole, parts: [2] }],
  [
    'a part in the place of another',
    () => recordOfPart(1),
    (file) => copyFile(inFolder(recordOfPart(2)), file),
    { ...whole, parts: [2] },
  ],
  ['an empty record of an upload', recordOfUpload, empty, { ...whole, parts: undefined }],
  ['an empty record of the bucket', () => path('bucket.json'), empty, whole],
  [
    'the record of another bucket',
    () => path('bucket.json'),
    (file) => writeFile(file, '{"name":"other","created":"2026-01-01T00:00:00.000Z"}'),
    whole,
  ],
  ['a foreign file beside the objects', () => path('objects', '.DS_Store'), foreign, whole],
  ['beside the uploads', () => path('uploads', '.DS_Store'), foreign, whole],
  ['beside the parts', () => path('uploads', upload.UploadId, '.DS_Store'), foreign, whole],
  ['beside the bytes', () => path('data', '.DS_Store'), foreign, whole],
  ['beside the buckets', () => path('..', '.DS_Store'), foreign, whole],
  ['a foreign folder beside the buckets', () => path('..', 'my-files'), (folder) => mkdir(folder), whole],
])('%s', async (_, at, damage, rest) => {
  await damage(inFolder(at()))
  const text = await readFile(inFolder(at()), 'utf8').catch(() => undefined)
  await start()
  expect(await served()).toEqual(rest)
  expect(await contentOf('good')).toBe('good')
  expect(logged().join('\n')).toContain(basename(at()))
  const aside = await setAside()
  expect([...aside.keys()]).toContain(at())
  expect(aside.get(at())).toBe(text)

  // Once: the next start finds nothing, and what was damaged can be sent again.
  await stop()
  await start()
  expect(logged()).toEqual([])
  await client.send(new PutObjectCommand({ Bucket, Key: 'bad', Body: 'new' }))
  expect(await contentOf('bad')).toBe('new')
})

test('the bytes of a record that cannot be read are set aside with it', async () => {
  await truncate(inFolder(recordOf('bad')))
  await start()
  const texts = [...(await setAside()).values()]
  expect(texts).toContain('bad')
  expect(texts).not.toContain('good')
})

test('so are a record and what there is of its bytes, when they are not all there', async () => {
  const record = JSON.parse(await readFile(inFolder(recordOf('bad')), 'utf8'))
  const data = path('data', record.segments[0].dataId)
  await truncate(inFolder(data), 2)
  await start()
  expect(await served()).toEqual(withoutBad)
  const aside = await setAside()
  expect(JSON.parse(aside.get(recordOf('bad')) ?? '')).toEqual(record)
  expect(aside.get(data)).toBe('ba')
})

test('a bucket whose record is lost has no rules any more, and the log says so', async () => {
  await start()
  const rule = { AllowedOrigins: ['*'], AllowedMethods: ['PUT'] }
  await client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }))
  await stop()
  await truncate(inFolder(path('bucket.json')), 40)
  await start()
  expect(logged()).toContain(`The bucket "${Bucket}" has no CORS and no lifecycle rules any more.`)
  expect(await refusal(client.send(new GetBucketCorsCommand({ Bucket })))).toMatchObject({ status: 404 })
  const { Buckets } = await client.send(new ListBucketsCommand({}))
  expect(Buckets).toMatchObject([{ Name: Bucket }])
})

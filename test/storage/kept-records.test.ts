// The embedded store only: what a record tells of an object is there after a restart.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { type Store, startStore } from '@partway/store'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { connectClient, credentials } from './embedded-store.js'
import { beginUpload, minPartSize, refusal, sendPart, someBytes } from './s3-replies.js'
import { sendTo, signRequest } from './signed-request.js'

const Bucket = 'kept'
const Key = 'in parts'
const object = { Bucket, Key }
const onCeph = Boolean(inject('ceph'))

describe.skipIf(onCeph)('after a restart (Ceph is not restarted here)', () => {
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
  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'partway-kept-'))
    await start()
  })
  afterEach(async () => {
    await stop()
    await rm(dataFolder, { recursive: true })
  })

  /** Parts 2 and 5, with tags and encryption. */
  async function sendInParts(): Promise<CompleteMultipartUploadCommand> {
    await client.send(new CreateBucketCommand({ Bucket }))
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({
        ...object,
        Tagging: 'kind=film',
        ServerSideEncryption: 'AES256',
        ChecksumAlgorithm: 'CRC32',
        ChecksumType: 'FULL_OBJECT',
      }),
    )
    const Parts = []
    for (const [PartNumber, size] of [
      [2, minPartSize],
      [5, 3],
    ] as const) {
      const part = {
        ...object,
        UploadId,
        PartNumber,
        Body: someBytes(size),
        ChecksumAlgorithm: 'CRC32',
      } as const
      const { ETag } = await client.send(new UploadPartCommand(part))
      Parts.push({ PartNumber, ETag })
    }
    const complete = new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } })
    await client.send(complete)
    return complete
  }

  test('tags, encryption and parts are there, and the completion can be repeated', async () => {
    const complete = await sendInParts()
    const attributes = new GetObjectAttributesCommand({
      ...object,
      ObjectAttributes: ['ETag', 'ObjectParts', 'Checksum'],
    })
    const { $metadata: _, ...before } = await client.send(attributes)
    expect(before.ObjectParts?.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [2, minPartSize],
      [5, 3],
    ])
    await stop()
    await start()
    expect(await client.send(attributes)).toMatchObject(before)
    const part = await client.send(new HeadObjectCommand({ ...object, PartNumber: 5 }))
    expect(part).toMatchObject({ ContentLength: 3, PartsCount: 2, ServerSideEncryption: 'AES256' })
    expect((await client.send(complete)).ETag).toBe(`"${before.ETag}"`)
    const { TagSet } = await client.send(new GetObjectTaggingCommand(object))
    expect(TagSet).toEqual([{ Key: 'kind', Value: 'film' }])
  })

  test('so is metadata, whatever its name', async () => {
    await client.send(new CreateBucketCommand({ Bucket }))
    const send = (method: string, headers: Record<string, string> = {}) => {
      const s3 = { endpoint: store.endpoint, region: 'us-east-1', credentials }
      const path = `/${Bucket}/described`
      const signed = signRequest(s3, { method, path, headers, payloadHash: 'UNSIGNED-PAYLOAD' })
      return sendTo(s3, method, path, signed.headers)
    }
    const metadata = { 'x-amz-meta-__proto__': 'a', 'x-amz-meta-constructor': 'b' }
    expect(await send('PUT', metadata)).toMatchObject({ status: 200 })
    expect((await send('HEAD')).headers).toMatchObject(metadata)
    await stop()
    await start()
    expect((await send('HEAD')).headers).toMatchObject(metadata)
  })

  test('tags that were changed leave the object whole', async () => {
    await sendInParts()
    const TagSet = [{ Key: 'kind', Value: 'song' }]
    await client.send(new PutObjectTaggingCommand({ ...object, Tagging: { TagSet } }))
    await stop()
    await start()
    expect((await client.send(new GetObjectTaggingCommand(object))).TagSet).toEqual(TagSet)
    const { ContentLength } = await client.send(new HeadObjectCommand(object))
    expect(ContentLength).toBe(minPartSize + 3)
  })

  test('a record that does not name its parts counts them from 1', async () => {
    const complete = await sendInParts()
    await stop()
    const folder = join(dataFolder, 'buckets', Bucket, 'objects')
    const [file = ''] = await readdir(folder)
    const { parts: _, ...older } = JSON.parse(await readFile(join(folder, file), 'utf8'))
    await writeFile(join(folder, file), JSON.stringify(older))
    await start()
    const part = await client.send(new HeadObjectCommand({ ...object, PartNumber: 2 }))
    expect(part).toMatchObject({ ContentLength: 3, PartsCount: 2 })
    expect(await refusal(client.send(complete))).toEqual({ code: 'NoSuchUpload', status: 404 })
  })

  test('parts whose older records have no checksum make an object without one, and its copy has one', async () => {
    await client.send(new CreateBucketCommand({ Bucket }))
    const upload = await beginUpload(client, Bucket, Key)
    const Parts = [
      await sendPart(client, upload, 1, someBytes(minPartSize)),
      await sendPart(client, upload, 2, someBytes(3)),
    ]
    await stop()
    const folder = join(dataFolder, 'buckets', Bucket, 'uploads', upload.UploadId)
    for (const file of await readdir(folder)) {
      const { checksum: _, ...older } = JSON.parse(await readFile(join(folder, file), 'utf8'))
      await writeFile(join(folder, file), JSON.stringify(older))
    }
    await start()
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
    await stop()
    await start()
    const head = await client.send(new HeadObjectCommand({ ...object, ChecksumMode: 'ENABLED' }))
    expect(head).toMatchObject({ ContentLength: minPartSize + 3 })
    expect(head.ChecksumType).toBeUndefined()
    const copy = new CopyObjectCommand({
      Bucket,
      Key: 'copy',
      CopySource: `${Bucket}/${encodeURIComponent(Key)}`,
    })
    expect((await client.send(copy)).CopyObjectResult?.ChecksumType).toBe('FULL_OBJECT')
  })
})

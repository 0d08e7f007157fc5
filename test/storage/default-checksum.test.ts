// The checksum that S3 computes where the client sends none: CRC64NVME of the whole object, also of one in parts.
// What AWS does not document of uploads in parts was observed: LocalStack's tests have recorded it from S3.
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { digestOf } from './model/content.js'
import {
  type BegunUpload,
  beginUpload,
  minPartSize,
  outcome,
  refusal,
  signingClient,
  someBytes,
} from './s3-replies.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
// Sends no checksum of its own.
const client = signingClient(s3)
const Bucket = await createBucket(s3.client)
afterAll(async () => {
  client.destroy()
  await s3.close()
})

const crc64Of = (bytes: Uint8Array) => digestOf('CRC64NVME', bytes).toString('base64')

/** Ceph 18 computes none. */
const keptOf = (bytes: Uint8Array) => ({
  ChecksumCRC64NVME: onCeph ? undefined : crc64Of(bytes),
  ChecksumType: onCeph ? undefined : 'FULL_OBJECT',
})
const fieldsOf = ({ ChecksumCRC64NVME, ChecksumType }: Partial<ReturnType<typeof keptOf>>) => ({
  ChecksumCRC64NVME,
  ChecksumType,
})

const hello = Buffer.from('hello')
const put = (Key: string, Body: Uint8Array) => client.send(new PutObjectCommand({ Bucket, Key, Body }))
const head = (Key: string, PartNumber?: number) =>
  client.send(new HeadObjectCommand({ Bucket, Key, PartNumber, ChecksumMode: 'ENABLED' }))
const attributes = (Key: string) =>
  client.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['Checksum', 'ObjectParts'] }))

describe('an object without a checksum has the default one (Ceph: none)', () => {
  test.each([Buffer.of(), hello, someBytes(100_000)])(
    'in the reply to PutObject and in all others',
    async (Body) => {
      const kept = keptOf(Body)
      expect(fieldsOf(await put('put', Body))).toEqual(kept)
      expect(fieldsOf(await head('put'))).toEqual(kept)
      const get = new GetObjectCommand({ Bucket, Key: 'put', ChecksumMode: 'ENABLED' })
      const { Body: read, ...got } = await client.send(get)
      expect(fieldsOf(got)).toEqual(kept)
      await read?.transformToByteArray()
      if (!onCeph) expect((await attributes('put')).Checksum).toEqual(kept)
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'put' }))
      expect(Contents?.[0]?.ChecksumAlgorithm).toEqual(onCeph ? undefined : ['CRC64NVME'])
    },
  )

  test('nobody who does not ask for it gets it', async () => {
    await put('unasked', hello)
    const reply = await client.send(new HeadObjectCommand({ Bucket, Key: 'unasked' }))
    expect(reply.ChecksumCRC64NVME).toBeUndefined()
  })

  test('from a form', async () => {
    const { url, fields } = await createPresignedPost(client, { Bucket, Key: 'form' })
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    form.set('file', new Blob([hello]))
    expect(await outcome(await fetch(url, { method: 'POST', body: form }))).toEqual({ code: '', status: 204 })
    expect(fieldsOf(await head('form'))).toEqual(keptOf(hello))
  })

  test('and its copy has it, too', async () => {
    await put('source', hello)
    const copy = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/source` })
    const { CopyObjectResult = {} } = await client.send(copy)
    expect(fieldsOf(CopyObjectResult as object)).toEqual(keptOf(hello))
    expect(fieldsOf(await head('copy'))).toEqual(keptOf(hello))
  })
})

describe('an upload in parts that names no algorithm', () => {
  const Key = 'in parts'
  const first = someBytes(minPartSize)
  const second = someBytes(minPartSize + 1)
  const whole = Buffer.concat([first, second, hello])
  let upload: BegunUpload
  const send = (PartNumber: number, Body: Uint8Array, more: object = {}) =>
    client.send(new UploadPartCommand({ ...upload, PartNumber, Body, ...more }))
  const complete = async (more: object = {}, ofPart: object = {}) => {
    const { Parts = [] } = await client.send(new ListPartsCommand(upload))
    const listed = Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag, ...ofPart }))
    const input = { ...upload, MultipartUpload: { Parts: listed }, ...more }
    return client.send(new CompleteMultipartUploadCommand(input))
  }
  beforeAll(async () => {
    await put('part', second)
    upload = await beginUpload(client, Bucket, Key)
  })

  test('the reply to a part has only what the client sent (Ceph: nothing)', async () => {
    const sent = await send(1, first, { ChecksumAlgorithm: 'CRC32' })
    if (!onCeph) expect(sent.ChecksumCRC32).toBeDefined()
    const copy = new UploadPartCopyCommand({ ...upload, PartNumber: 2, CopySource: `${Bucket}/part` })
    const { CopyPartResult } = await client.send(copy)
    const plain = await send(3, hello)
    for (const reply of [sent, CopyPartResult, plain]) expect(reply?.ChecksumCRC64NVME).toBeUndefined()
  })

  test('lists show no checksums', async () => {
    const { Parts = [], ...listed } = await client.send(new ListPartsCommand(upload))
    const { Uploads: [listedUpload = {}] = [] } = await client.send(
      new ListMultipartUploadsCommand({ Bucket }),
    )
    expect(Parts).toHaveLength(3)
    for (const entry of [listed, listedUpload, ...Parts]) {
      expect(Object.keys(entry).filter((name) => name.startsWith('Checksum'))).toEqual([])
    }
  })

  test.skipIf(onCeph)(
    'a completion may not name a type, nor a checksum of a part (Ceph ignores them)',
    async () => {
      const invalidRequest = { code: 'InvalidRequest', status: 400 }
      expect(await refusal(complete({ ChecksumType: 'FULL_OBJECT' }))).toEqual(invalidRequest)
      expect(await refusal(complete({ ChecksumType: 'COMPOSITE' }))).toEqual(invalidRequest)
      const invalidPart = { code: 'InvalidPart', status: 400 }
      expect(await refusal(complete({}, { ChecksumCRC32: 'AAAAAA==' }))).toEqual(invalidPart)
      const badDigest = { code: 'BadDigest', status: 400 }
      expect(await refusal(complete({ ChecksumCRC64NVME: crc64Of(hello) }))).toEqual(badDigest)
    },
  )

  test('the object has the default checksum, its parts have none (Ceph: nothing has any)', async () => {
    expect(fieldsOf((await complete()) as object)).toEqual(keptOf(whole))
    expect(fieldsOf(await head(Key))).toEqual(keptOf(whole))
    expect((await head(Key, 2)).ChecksumCRC64NVME).toBeUndefined()
    if (onCeph) return
    const { Checksum, ObjectParts } = await attributes(Key)
    expect({ Checksum, ObjectParts }).toEqual({
      Checksum: keptOf(whole),
      ObjectParts: { TotalPartsCount: 3 },
    })
  })
})

test.skipIf(onCeph)(
  'a part without the checksum of its upload is InvalidRequest (Ceph takes it)',
  async () => {
    const create = { Bucket, Key: 'checked', ChecksumAlgorithm: 'CRC64NVME' } as const
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(create))
    const part = new UploadPartCommand({ Bucket, Key: 'checked', UploadId, PartNumber: 1, Body: hello })
    expect(await refusal(client.send(part))).toEqual({ code: 'InvalidRequest', status: 400 })
  },
)

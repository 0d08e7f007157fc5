import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import {
  type BegunUpload,
  beginUpload,
  minPartSize,
  refusal,
  sendPart,
  sha256,
  someBytes,
} from './s3-replies.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
const Bucket = await createBucket(client)
const source = someBytes(minPartSize + 1000)
let etag: string | undefined
beforeAll(async () => {
  const reply = await client.send(new PutObjectCommand({ Bucket, Key: 'source ü', Body: source }))
  etag = reply.ETag
})
afterAll(() => s3.close())

const copyPart = (upload: BegunUpload, PartNumber: number, input: Partial<UploadPartCopyCommandInput> = {}) =>
  client.send(
    new UploadPartCopyCommand({
      ...upload,
      PartNumber,
      CopySource: `${Bucket}/${encodeURIComponent('source ü')}`,
      ...input,
    }),
  )

describe('UploadPartCopy', () => {
  test('parts from ranges and bytes of the client make one object', async () => {
    const upload = await beginUpload(client, Bucket, 'mixed')
    const first = await copyPart(upload, 1)
    const own = someBytes(minPartSize)
    const second = await sendPart(client, upload, 2, own)
    const third = await copyPart(upload, 3, { CopySourceRange: 'bytes=5-14' })
    expect(third.CopyPartResult?.LastModified).toBeInstanceOf(Date)
    const { Parts: listed } = await client.send(new ListPartsCommand(upload))
    expect(listed?.map(({ Size }) => Size)).toEqual([source.length, own.length, 10])
    const Parts = [
      { PartNumber: 1, ETag: first.CopyPartResult?.ETag },
      second,
      { PartNumber: 3, ETag: third.CopyPartResult?.ETag },
    ]
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'mixed' }))
    expect(sha256((await Body?.transformToByteArray()) ?? Buffer.of())).toBe(
      sha256(Buffer.concat([source, own, source.subarray(5, 15)])),
    )
  })

  test.each([
    '0-2',
    'bytes=0',
    'bytes=hello-world',
    'bytes=0-bar',
    'bytes=hello-',
    'bytes=0-2,3-5',
    'bytes=5-4',
    'bytes=-5',
  ])('the range %s is InvalidArgument (Ceph takes some)', async (CopySourceRange) => {
    if (onCeph) return
    const upload = await beginUpload(client, Bucket, 'ranges')
    expect(await refusal(copyPart(upload, 1, { CopySourceRange }))).toEqual({
      code: 'InvalidArgument',
      status: 400,
    })
  })

  test('a range beyond the end is refused, and not cut short', async () => {
    const upload = await beginUpload(client, Bucket, 'ranges')
    const beyond = copyPart(upload, 1, { CopySourceRange: `bytes=0-${source.length}` })
    expect(await refusal(beyond)).toEqual(
      onCeph ? { code: 'InvalidRange', status: 416 } : { code: 'InvalidArgument', status: 400 },
    )
    const { Parts } = await client.send(new ListPartsCommand(upload))
    expect(Parts ?? []).toEqual([])
  })

  test.skipIf(onCeph)('its conditions hold for the source (Ceph 18 looks at none)', async () => {
    const upload = await beginUpload(client, Bucket, 'conditions')
    await copyPart(upload, 1, { CopySourceIfMatch: etag })
    for (const condition of [{ CopySourceIfMatch: '"other"' }, { CopySourceIfNoneMatch: etag }]) {
      expect(await refusal(copyPart(upload, 2, condition))).toEqual({
        code: 'PreconditionFailed',
        status: 412,
      })
    }
  })

  test('an unknown source or upload is refused', async () => {
    const upload = await beginUpload(client, Bucket, 'unknown')
    const absent = copyPart(upload, 1, { CopySource: `${Bucket}/absent` })
    expect(await refusal(absent)).toEqual({ code: 'NoSuchKey', status: 404 })
    const other = { ...upload, Key: 'other' }
    expect(await refusal(copyPart(other, 1))).toEqual({ code: 'NoSuchUpload', status: 404 })
  })

  test.skipIf(onCeph)('has the checksum that the upload was created with (Ceph 18 has none)', async () => {
    const Key = 'checked'
    const { UploadId = '' } = await client.send(
      new CreateMultipartUploadCommand({
        Bucket,
        Key,
        ChecksumAlgorithm: 'CRC32',
        ChecksumType: 'FULL_OBJECT',
      }),
    )
    const upload = { Bucket, Key, UploadId }
    const { CopyPartResult } = await copyPart(upload, 1, { CopySourceRange: 'bytes=0-9' })
    const plain = await client.send(
      new PutObjectCommand({ Bucket, Key: 'ten', Body: source.subarray(0, 10), ChecksumAlgorithm: 'CRC32' }),
    )
    expect(CopyPartResult?.ChecksumCRC32).toBe(plain.ChecksumCRC32)
    const Parts = [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]
    const completed = await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
    )
    expect(completed.ChecksumCRC32).toBe(plain.ChecksumCRC32)
  })
})

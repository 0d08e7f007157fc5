// HEAD and GET by part number, and GetObjectAttributes.
import {
  type ChecksumAlgorithm,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  type GetObjectAttributesCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { minPartSize, refusal, sha256, someBytes } from './s3-replies.js'
import { sendTo, signRequest } from './signed-request.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
const Bucket = await createBucket(client)
afterAll(() => s3.close())

const contents = [someBytes(minPartSize), someBytes(minPartSize + 1), someBytes(3)]

/** Its parts have the numbers 1 to 3, and checksums if there is an algorithm. */
async function sendInParts(Key: string, ChecksumAlgorithm?: ChecksumAlgorithm): Promise<CompletedPart[]> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ...(ChecksumAlgorithm && { ChecksumAlgorithm }) }),
  )
  const Parts: CompletedPart[] = []
  for (const [index, Body] of contents.entries()) {
    const part = { Bucket, Key, UploadId, PartNumber: index + 1, Body }
    const { ETag, ChecksumSHA256 } = await client.send(
      new UploadPartCommand({ ...part, ...(ChecksumAlgorithm && { ChecksumAlgorithm }) }),
    )
    Parts.push({ PartNumber: index + 1, ETag, ...(ChecksumSHA256 && { ChecksumSHA256 }) })
  }
  const complete = { Bucket, Key, UploadId, MultipartUpload: { Parts } }
  await client.send(new CompleteMultipartUploadCommand(complete))
  return Parts
}

let checkedParts: CompletedPart[] = []
beforeAll(async () => {
  await sendInParts('parts')
  if (!onCeph) checkedParts = await sendInParts('checked', 'SHA256')
  await client.send(new PutObjectCommand({ Bucket, Key: 'single', Body: 'whole' }))
  await client.send(new PutObjectCommand({ Bucket, Key: 'empty', Body: '' }))
})

describe.skipIf(onCeph)('a part of an object, by its number (Ceph 18 gives the whole object)', () => {
  test.each([1, 2, 3])('part %i', async (PartNumber) => {
    const content = contents[PartNumber - 1] ?? Buffer.of()
    const { Body, ...reply } = await client.send(new GetObjectCommand({ Bucket, Key: 'parts', PartNumber }))
    expect(sha256((await Body?.transformToByteArray()) ?? Buffer.of())).toBe(sha256(content))
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'parts', PartNumber }))
    const start = contents.slice(0, PartNumber - 1).reduce((total, { length }) => total + length, 0)
    const size = contents.reduce((total, { length }) => total + length, 0)
    for (const { $metadata, PartsCount, ContentLength, ContentRange } of [reply, head]) {
      expect({ PartsCount, ContentLength }).toEqual({ PartsCount: 3, ContentLength: content.length })
      expect($metadata.httpStatusCode).toBe(206)
      expect(ContentRange).toBe(`bytes ${start}-${start + content.length - 1}/${size}`)
    }
  })

  test('that is not there: 416', async () => {
    for (const [Key, PartNumber] of [
      ['parts', 4],
      ['single', 2],
    ] as const) {
      expect(await refusal(client.send(new GetObjectCommand({ Bucket, Key, PartNumber })))).toEqual({
        code: 'InvalidPartNumber',
        status: 416,
      })
    }
  })

  test('part 1 of an object in one piece is all of it, and counts no parts', async () => {
    const reply = await client.send(new GetObjectCommand({ Bucket, Key: 'single', PartNumber: 1 }))
    expect(await reply.Body?.transformToString()).toBe('whole')
    expect(reply.PartsCount).toBeUndefined()
    const empty = await client.send(new HeadObjectCommand({ Bucket, Key: 'empty', PartNumber: 1 }))
    expect(empty).toMatchObject({ ContentLength: 0, $metadata: { httpStatusCode: 200 } })
  })

  test('no number, or a range beside it, is refused', async () => {
    const get = (input: object) => client.send(new GetObjectCommand({ Bucket, Key: 'parts', ...input }))
    expect(await refusal(get({ PartNumber: 0 }))).toEqual({ code: 'InvalidArgument', status: 400 })
    expect(await refusal(get({ PartNumber: 1, Range: 'bytes=0-1' }))).toEqual({
      code: 'InvalidRequest',
      status: 400,
    })
  })

  test('comes with its own checksum', async () => {
    const get = { Bucket, Key: 'checked', PartNumber: 2, ChecksumMode: 'ENABLED' } as const
    const { ChecksumSHA256, ChecksumType } = await client.send(new HeadObjectCommand(get))
    expect({ ChecksumSHA256, ChecksumType }).toEqual({
      ChecksumSHA256: checkedParts[1]?.ChecksumSHA256,
      ChecksumType: 'COMPOSITE',
    })
  })
})

describe.skipIf(onCeph)('GetObjectAttributes (Ceph 18 has none)', () => {
  const all: GetObjectAttributesCommandInput['ObjectAttributes'] = [
    'ETag',
    'Checksum',
    'ObjectParts',
    'StorageClass',
    'ObjectSize',
  ]
  const attributes = (Key: string, input: Partial<GetObjectAttributesCommandInput> = {}) =>
    client.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: all, ...input }))

  test('of an object in one piece', async () => {
    const put = new PutObjectCommand({ Bucket, Key: 'sum', Body: 'hello', ChecksumAlgorithm: 'SHA256' })
    const { ETag = '', ChecksumSHA256 } = await client.send(put)
    const reply = await attributes('sum')
    expect(reply).toMatchObject({
      ETag: ETag.replaceAll('"', ''),
      Checksum: { ChecksumSHA256, ChecksumType: 'FULL_OBJECT' },
      StorageClass: 'STANDARD',
      ObjectSize: 5,
    })
    expect(reply.ObjectParts).toBeUndefined()
    const { LastModified } = await client.send(new HeadObjectCommand({ Bucket, Key: 'sum' }))
    expect(reply.LastModified).toEqual(LastModified)
  })

  test('those that are asked for', async () => {
    const { ObjectSize, ETag, StorageClass } = await attributes('single', {
      ObjectAttributes: ['ObjectSize'],
    })
    expect({ ObjectSize, ETag, StorageClass }).toEqual({
      ObjectSize: 5,
      ETag: undefined,
      StorageClass: undefined,
    })
    const unknown = attributes('single', { ObjectAttributes: ['Owner' as 'ETag'] })
    expect(await refusal(unknown)).toEqual({ code: 'InvalidArgument', status: 400 })
    expect(await refusal(attributes('absent'))).toEqual({ code: 'NoSuchKey', status: 404 })
  })

  test('under a condition', async () => {
    const path = `/${Bucket}/single?attributes=`
    const get = async (headers: Record<string, string>) => {
      const asked = { 'x-amz-object-attributes': 'ObjectSize', ...headers }
      const signed = signRequest(s3, { method: 'GET', path, headers: asked, payloadHash: 'UNSIGNED-PAYLOAD' })
      return (await sendTo(s3, 'GET', path, signed.headers)).status
    }
    expect(await get({ 'if-match': '*' })).toBe(200)
    expect(await get({ 'if-match': '"other"' })).toBe(412)
    expect(await get({ 'if-none-match': '*' })).toBe(304)
  })

  test('parts with checksums are listed, page by page', async () => {
    const listed = checkedParts.map(({ PartNumber, ChecksumSHA256 }, index) => ({
      PartNumber,
      ChecksumSHA256,
      Size: contents[index]?.length,
    }))
    const { ObjectParts, Checksum } = await attributes('checked')
    expect(ObjectParts).toMatchObject({ TotalPartsCount: 3, IsTruncated: false, Parts: listed })
    expect(Checksum?.ChecksumType).toBe('COMPOSITE')
    const first = await attributes('checked', { MaxParts: 1, PartNumberMarker: '1' })
    expect(first.ObjectParts).toMatchObject({
      MaxParts: 1,
      PartNumberMarker: '1',
      NextPartNumberMarker: '2',
      IsTruncated: true,
      Parts: listed.slice(1, 2),
    })
  })

  test('parts without checksums are only counted', async () => {
    const { ObjectParts } = await attributes('parts')
    expect(ObjectParts).toEqual({ TotalPartsCount: 3 })
  })
})

import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandOutput,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { afterAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import {
  type BegunUpload,
  beginUpload,
  md5,
  minPartSize,
  refusal,
  type SentPart,
  sendPart,
  sha256,
  someBytes,
} from './s3-replies.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
const Bucket = await createBucket(client)
afterAll(() => s3.close())

const noSuchUpload = { code: 'NoSuchUpload', status: 404 }

function complete(
  upload: BegunUpload,
  Parts: SentPart[],
  input: Partial<CompleteMultipartUploadCommand['input']> = {},
): Promise<CompleteMultipartUploadCommandOutput> {
  return client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...input }))
}

async function read(Key: string, Range?: string): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, Range }))
  return Body?.transformToByteArray() ?? new Uint8Array()
}

describe('completion', () => {
  test('parts that came in any order make one object', async () => {
    const Key = 'folder/whole ü.bin'
    const contents = [someBytes(minPartSize), someBytes(minPartSize + 3), someBytes(11)]
    const { UploadId = '' } = await client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'video/mp4', Metadata: { upload: '7' } }),
    )
    const upload = { Bucket, Key, UploadId }
    const parts: SentPart[] = []
    for (const index of [2, 0, 1]) {
      parts[index] = await sendPart(client, upload, index + 1, contents[index] ?? Buffer.of())
    }
    const reply = await complete(upload, parts)
    const md5s = Buffer.concat(contents.map(md5))
    const etag = `${md5(md5s).toString('hex')}-3`
    // Ceph leaves out the quotes here, though not in HEAD.
    expect(reply.ETag).toBe(onCeph ? etag : `"${etag}"`)
    expect(reply).toMatchObject({ Bucket, Key })

    const whole = Buffer.concat(contents)
    expect(sha256(await read(Key))).toBe(sha256(whole))
    // Over the seam of two parts.
    const range = `bytes=${minPartSize - 5}-${minPartSize + 4}`
    expect(sha256(await read(Key, range))).toBe(sha256(whole.subarray(minPartSize - 5, minPartSize + 5)))
    expect(await client.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
      ContentLength: whole.length,
      ContentType: 'video/mp4',
      Metadata: { upload: '7' },
      ETag: `"${etag}"`,
    })
  })

  test('nothing is visible before it', async () => {
    const upload = await beginUpload(client, Bucket, 'early')
    const part = await sendPart(client, upload, 1, Buffer.from('x'))
    expect(await refusal(read('early'))).toMatchObject({ code: 'NoSuchKey' })
    await complete(upload, [part])
    expect(Buffer.from(await read('early')).toString()).toBe('x')
  })

  test('a part that was sent again counts as sent last', async () => {
    const upload = await beginUpload(client, Bucket, 'again')
    const stale = await sendPart(client, upload, 1, Buffer.from('first'))
    const part = await sendPart(client, upload, 1, Buffer.from('second'))
    const { Parts } = await client.send(new ListPartsCommand(upload))
    expect(Parts).toMatchObject([{ PartNumber: 1, Size: 6, ETag: part.ETag }])
    expect(await refusal(complete(upload, [stale]))).toEqual({ code: 'InvalidPart', status: 400 })
    await complete(upload, [part])
    expect(Buffer.from(await read('again')).toString()).toBe('second')
  })

  test('fewer parts than were sent: AWS leaves the others out, Ceph refuses', async () => {
    const upload = await beginUpload(client, Bucket, 'fewer')
    await sendPart(client, upload, 1, Buffer.from('left out'))
    const part = await sendPart(client, upload, 5, Buffer.from('taken'))
    if (onCeph) {
      expect(await refusal(complete(upload, [part]))).toEqual({ code: 'InvalidPart', status: 400 })
      return
    }
    await complete(upload, [part])
    expect(Buffer.from(await read('fewer')).toString()).toBe('taken')
  })

  test('a part that is not there is InvalidPart', async () => {
    const upload = await beginUpload(client, Bucket, 'absent')
    const part = await sendPart(client, upload, 1, someBytes(minPartSize))
    const request = complete(upload, [part, { PartNumber: 2, ETag: part.ETag }])
    expect(await refusal(request)).toEqual({ code: 'InvalidPart', status: 400 })
  })

  test('descending part numbers are InvalidPartOrder (Ceph sorts them)', async () => {
    const upload = await beginUpload(client, Bucket, 'order')
    const contents = [someBytes(minPartSize), Buffer.from('x')]
    const first = await sendPart(client, upload, 1, contents[0] ?? Buffer.of())
    const second = await sendPart(client, upload, 2, contents[1] ?? Buffer.of())
    const request = complete(upload, [second, first])
    if (onCeph) {
      await request
      expect(sha256(await read('order'))).toBe(sha256(Buffer.concat(contents)))
      return
    }
    expect(await refusal(request)).toEqual({ code: 'InvalidPartOrder', status: 400 })
    const repeated = complete(upload, [first, second, second])
    expect(await refusal(repeated)).toEqual({ code: 'InvalidPartOrder', status: 400 })
  })

  test('a part below 5 MiB that is not the last is EntityTooSmall, and the upload goes on', async () => {
    const upload = await beginUpload(client, Bucket, 'small')
    const first = await sendPart(client, upload, 1, someBytes(minPartSize - 1))
    const second = await sendPart(client, upload, 2, Buffer.from('x'))
    expect(await refusal(complete(upload, [first, second]))).toEqual({ code: 'EntityTooSmall', status: 400 })
    const larger = await sendPart(client, upload, 1, someBytes(minPartSize))
    await complete(upload, [larger, second])
  })

  test('no part at all is MalformedXML', async () => {
    const upload = await beginUpload(client, Bucket, 'empty')
    expect(await refusal(complete(upload, []))).toEqual({ code: 'MalformedXML', status: 400 })
  })

  test('again: the answer is the same, for a client that missed the first (Ceph: without ETag)', async () => {
    const upload = await beginUpload(client, Bucket, 'repeated')
    const parts = [await sendPart(client, upload, 1, Buffer.from('x'))]
    const first = await complete(upload, parts)
    const second = await complete(upload, parts)
    expect(second.ETag).toBe(onCeph ? '' : first.ETag)
    expect(Buffer.from(await read('repeated')).toString()).toBe('x')
  })

  test.skipIf(onCeph)(
    'again, with other parts or for a replaced object: NoSuchUpload (Ceph remembers for a while)',
    async () => {
      const upload = await beginUpload(client, Bucket, 'repeated')
      const first = await sendPart(client, upload, 1, someBytes(minPartSize))
      const second = await sendPart(client, upload, 2, Buffer.from('x'))
      await complete(upload, [first, second])
      expect(await refusal(complete(upload, [first]))).toEqual(noSuchUpload)
      expect(await refusal(complete(upload, [first, { ...second, PartNumber: 3 }]))).toEqual(noSuchUpload)
      expect(await refusal(complete(upload, [first, { ...first, PartNumber: 2 }]))).toEqual(noSuchUpload)
      await client.send(new PutObjectCommand({ Bucket, Key: 'repeated', Body: 'newer' }))
      expect(await refusal(complete(upload, [first, second]))).toEqual(noSuchUpload)
      expect(Buffer.from(await read('repeated')).toString()).toBe('newer')
    },
  )

  test('x-amz-mp-object-size must be the size of the object (Ceph ignores it)', async () => {
    const upload = await beginUpload(client, Bucket, 'sized')
    const parts = [await sendPart(client, upload, 1, Buffer.from('12345'))]
    const wrong = complete(upload, parts, { MpuObjectSize: 6 })
    if (onCeph) {
      await wrong
      return
    }
    expect(await refusal(wrong)).toEqual({ code: 'InvalidRequest', status: 400 })
    await complete(upload, parts, { MpuObjectSize: 5 })
  })

  test('If-None-Match: * keeps an object that is already there (Ceph overwrites it)', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'taken', Body: 'before' }))
    const upload = await beginUpload(client, Bucket, 'taken')
    const parts = [await sendPart(client, upload, 1, Buffer.from('after'))]
    const request = complete(upload, parts, { IfNoneMatch: '*' })
    if (onCeph) await request
    else expect(await refusal(request)).toEqual({ code: 'PreconditionFailed', status: 412 })
    expect(Buffer.from(await read('taken')).toString()).toBe(onCeph ? 'after' : 'before')
  })
})

describe('abort', () => {
  test('afterwards no part is left and none is taken', async () => {
    const upload = await beginUpload(client, Bucket, 'aborted')
    const parts = [await sendPart(client, upload, 1, Buffer.from('x'))]
    await client.send(new AbortMultipartUploadCommand(upload))
    expect(await refusal(sendPart(client, upload, 2, Buffer.from('late')))).toEqual(noSuchUpload)
    expect(await refusal(client.send(new AbortMultipartUploadCommand(upload)))).toEqual(noSuchUpload)
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'aborted' }))
    expect(Uploads ?? []).toEqual([])
    // Ceph speaks of the key here, and fails at completion.
    expect(await refusal(client.send(new ListPartsCommand(upload)))).toEqual(
      onCeph ? { code: 'NoSuchKey', status: 404 } : noSuchUpload,
    )
    const completion = await refusal(complete(upload, parts))
    expect(completion).toEqual(onCeph ? { code: 'InternalError', status: 500 } : noSuchUpload)
  })

  test('a part that comes after completion is NoSuchUpload and changes nothing', async () => {
    const upload = await beginUpload(client, Bucket, 'late')
    const parts = [await sendPart(client, upload, 1, Buffer.from('whole'))]
    await complete(upload, parts)
    expect(await refusal(sendPart(client, upload, 1, Buffer.from('late')))).toEqual(noSuchUpload)
    expect(Buffer.from(await read('late')).toString()).toBe('whole')
  })
})

describe('one upload, many requests at once', () => {
  test.skipIf(onCeph)('several completions make one object (Ceph: some may fail)', async () => {
    const upload = await beginUpload(client, Bucket, 'race')
    const parts = [await sendPart(client, upload, 1, Buffer.from('x'))]
    const replies = await Promise.all(Array.from({ length: 5 }, () => complete(upload, parts)))
    expect(new Set(replies.map(({ ETag }) => ETag)).size).toBe(1)
    expect(Buffer.from(await read('race')).toString()).toBe('x')
  })

  test.skipIf(onCeph)(
    'completion and abort: the object is whole or there is none (Ceph answers 500)',
    async () => {
      for (let round = 0; round < 10; round++) {
        const upload = await beginUpload(client, Bucket, `race-${round}`)
        const parts = [await sendPart(client, upload, 1, Buffer.from('x'))]
        const [completed, aborted] = await Promise.allSettled([
          complete(upload, parts),
          client.send(new AbortMultipartUploadCommand(upload)),
        ])
        expect([completed.status, aborted.status].sort()).toEqual(['fulfilled', 'rejected'])
        if (completed.status === 'fulfilled') expect(await read(upload.Key)).toHaveLength(1)
        else expect(await refusal(read(upload.Key))).toMatchObject({ code: 'NoSuchKey' })
      }
    },
  )

  test('the same part twice at once is one of the two, whole', async () => {
    const upload = await beginUpload(client, Bucket, 'same-part')
    const bodies = [someBytes(minPartSize), someBytes(minPartSize + 1)]
    await Promise.all(bodies.map((body) => sendPart(client, upload, 1, body)))
    const { Parts = [] } = await client.send(new ListPartsCommand(upload))
    expect(Parts).toHaveLength(1)
    await complete(upload, [{ PartNumber: 1, ETag: Parts[0]?.ETag ?? '' }])
    expect(bodies.map(sha256)).toContain(sha256(await read('same-part')))
  })
})

describe('requests that do not fit', () => {
  test('the upload id of another key is NoSuchUpload', async () => {
    const upload = await beginUpload(client, Bucket, 'mine')
    const other = { ...upload, Key: 'other' }
    expect(await refusal(sendPart(client, other, 1, Buffer.from('x')))).toEqual(noSuchUpload)
  })

  test.each([0, 10_001])('part number %i is InvalidArgument (Ceph takes it)', async (partNumber) => {
    const upload = await beginUpload(client, Bucket, 'numbers')
    const request = sendPart(client, upload, partNumber, Buffer.from('x'))
    if (onCeph) expect((await request).ETag).toBeTruthy()
    else expect(await refusal(request)).toEqual({ code: 'InvalidArgument', status: 400 })
  })

  test('part number 10,000 is taken', async () => {
    const upload = await beginUpload(client, Bucket, 'numbers')
    const part = await sendPart(client, upload, 10_000, Buffer.from('last'))
    await complete(upload, [part])
    expect(Buffer.from(await read('numbers')).toString()).toBe('last')
  })
})

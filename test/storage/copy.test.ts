import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3'
import { afterAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { beginUpload, MiB, md5, minPartSize, refusal, sendPart, sha256, someBytes } from './s3-replies.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
const Bucket = await createBucket(client)
afterAll(() => s3.close())

const preconditionFailed = { code: 'PreconditionFailed', status: 412 }

async function put(Key: string, input: Partial<PutObjectCommandInput> = {}): Promise<string> {
  const { ETag = '' } = await client.send(new PutObjectCommand({ Bucket, Key, Body: Key, ...input }))
  return ETag
}

const copy = (from: string, Key: string, input: Partial<CopyObjectCommandInput> = {}) =>
  client.send(
    new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${encodeURIComponent(from)}`, ...input }),
  )

const head = (Key: string) => client.send(new HeadObjectCommand({ Bucket, Key }))

async function read(Key: string, from = Bucket): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: from, Key }))
  return Body?.transformToByteArray() ?? new Uint8Array()
}

async function tagsOf(Key: string): Promise<unknown> {
  const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket, Key }))
  return TagSet
}

const described = {
  ContentType: 'video/mp4',
  CacheControl: 'max-age=60',
  ContentDisposition: 'attachment',
  ContentLanguage: 'de',
  Metadata: { upload: '7' },
}

describe('a copy', () => {
  test.each([0, 1, 3 * MiB + 1])('has the %i bytes of its source, which may go', async (size) => {
    const Body = someBytes(size)
    const etag = await put(`source-${size}`, { Body })
    const { CopyObjectResult } = await copy(`source-${size}`, `copy-${size}`)
    expect(CopyObjectResult?.ETag?.replaceAll('"', '')).toBe(etag.replaceAll('"', ''))
    expect(CopyObjectResult?.LastModified).toBeInstanceOf(Date)
    await client.send(new DeleteObjectCommand({ Bucket, Key: `source-${size}` }))
    expect(sha256(await read(`copy-${size}`))).toBe(sha256(Body))
  })

  test('can lie in another bucket', async () => {
    const other = await createBucket(client)
    await put('there')
    await copy('there', 'here', { Bucket: other })
    expect(Buffer.from(await read('here', other)).toString()).toBe('there')
  })

  test('of an object that came in parts is whole, with the MD5 as its ETag', async () => {
    const upload = await beginUpload(client, Bucket, 'in-parts')
    const contents = [someBytes(minPartSize), someBytes(7)]
    const Parts = await Promise.all(contents.map((body, index) => sendPart(client, upload, index + 1, body)))
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
    await copy('in-parts', 'in-one')
    const whole = Buffer.concat(contents)
    expect(sha256(await read('in-one'))).toBe(sha256(whole))
    const { ETag } = await head('in-one')
    // Ceph keeps the ETag of the parts.
    if (onCeph) expect(ETag).toMatch(/-2"$/)
    else expect(ETag).toBe(`"${md5(whole).toString('hex')}"`)
  })

  test('replaces what was there', async () => {
    await put('new')
    await put('old', { Metadata: { old: 'yes' } })
    await copy('new', 'old')
    expect(Buffer.from(await read('old')).toString()).toBe('new')
    expect((await head('old')).Metadata).toEqual({})
  })

  test('is of the object as it was when the copy began, though it is replaced', async () => {
    const Body = someBytes(16 * MiB)
    await put('busy', { Body })
    await Promise.all([copy('busy', 'snapshot'), put('busy', { Body: 'newer' })])
    const hash = sha256(await read('snapshot'))
    expect([sha256(Body), sha256(Buffer.from('newer'))]).toContain(hash)
  })

  test('is whole, or there is no source any more, though it is deleted', async () => {
    const keys = Array.from({ length: 40 }, (_, index) => `gone-${index}`)
    for (let round = 0; round < 5; round++) {
      await Promise.all(keys.map((Key) => put(Key)))
      const removals = keys.map((Key) => client.send(new DeleteObjectCommand({ Bucket, Key })))
      const copies = await Promise.allSettled(keys.map((Key) => copy(Key, `${Key}-copy`)))
      await Promise.all(removals)
      for (const [index, copied] of copies.entries()) {
        if (copied.status === 'rejected') expect(copied.reason).toMatchObject({ name: 'NoSuchKey' })
        else expect(Buffer.from(await read(`gone-${index}-copy`)).toString()).toBe(`gone-${index}`)
      }
    }
  })
})

describe('the description', () => {
  test('is that of the source, with its tags', async () => {
    await put('plain', { ...described, Tagging: 'kind=film&year=2026' })
    // Ignored without REPLACE.
    await copy('plain', 'kept', { ContentType: 'text/plain', Metadata: { other: 'x' }, Tagging: 'a=b' })
    expect(await head('kept')).toMatchObject(described)
    expect(await tagsOf('kept')).toEqual([
      { Key: 'kind', Value: 'film' },
      { Key: 'year', Value: '2026' },
    ])
  })

  test('is that of the request with REPLACE, and nothing of the source', async () => {
    await put('before', { ...described, Tagging: 'kind=film' })
    await copy('before', 'after', { MetadataDirective: 'REPLACE', ContentType: 'text/plain' })
    const { ContentType, Metadata, CacheControl } = await head('after')
    expect({ ContentType, Metadata, CacheControl }).toEqual({
      ContentType: 'text/plain',
      Metadata: {},
      CacheControl: undefined,
    })
    // Their directive is another; Ceph drops them.
    expect(await tagsOf('after')).toEqual(onCeph ? [] : [{ Key: 'kind', Value: 'film' }])
  })

  test.skipIf(onCeph)('has the tags of the request with their REPLACE (Ceph keeps the old)', async () => {
    await put('tagged', { ...described, Tagging: 'kind=film' })
    await copy('tagged', 'retagged', { TaggingDirective: 'REPLACE', Tagging: 'kind=song' })
    expect(await tagsOf('retagged')).toEqual([{ Key: 'kind', Value: 'song' }])
    expect(await head('retagged')).toMatchObject(described)
    await copy('tagged', 'untagged', { TaggingDirective: 'REPLACE' })
    expect(await tagsOf('untagged')).toEqual([])
  })

  test.each(['MetadataDirective', 'TaggingDirective'] as const)(
    'an unknown %s is InvalidArgument (Ceph ignores it for tags)',
    async (directive) => {
      await put('directed')
      const request = copy('directed', 'x', { [directive]: 'MERGE' })
      if (onCeph && directive === 'TaggingDirective') await request
      else expect(await refusal(request)).toEqual({ code: 'InvalidArgument', status: 400 })
    },
  )
})

describe('a copy onto itself', () => {
  test('changes the metadata with REPLACE', async () => {
    await put('self', { Metadata: { a: '1' } })
    await copy('self', 'self', { MetadataDirective: 'REPLACE', Metadata: { b: '2' } })
    expect((await head('self')).Metadata).toEqual({ b: '2' })
    expect(Buffer.from(await read('self')).toString()).toBe('self')
  })

  test('without it is InvalidRequest', async () => {
    await put('self')
    expect(await refusal(copy('self', 'self'))).toEqual({ code: 'InvalidRequest', status: 400 })
  })
})

describe('the source', () => {
  test.each(['a b+c', 'ünï/日本語/🚀.txt', '100%25', '//a/../b', 'q?versionId=1'])(
    'is named in URL encoding: %s',
    async (Key) => {
      await put(Key)
      await copy(Key, 'named')
      expect(Buffer.from(await read('named')).toString()).toBe(Key)
      const CopySource = `/${Bucket}/${encodeURIComponent(Key).replaceAll('%2F', '/')}`
      await copy('', 'with a slash', { CopySource })
      expect(Buffer.from(await read('with a slash')).toString()).toBe(Key)
    },
  )

  test('that is not there is NoSuchKey or NoSuchBucket', async () => {
    expect(await refusal(copy('absent', 'nowhere'))).toEqual({ code: 'NoSuchKey', status: 404 })
    const elsewhere = copy('', 'nowhere', { CopySource: 'no-such-bucket-of-mine/key' })
    expect(await refusal(elsewhere)).toEqual({ code: 'NoSuchBucket', status: 404 })
    expect(await refusal(head('nowhere'))).toMatchObject({ status: 404 })
  })

  test.each(['', 'bucket', 'bucket/', '/bucket', '%zz/x'])(
    'cannot be %j: it is a bucket and a key',
    async (CopySource) => {
      // An empty header is no header for Ceph, which then makes an empty object; an unknown name is 404 there.
      if (onCeph) return
      const request = copy('', 'x', { CopySource: CopySource.replace('bucket', Bucket) })
      expect(await refusal(request)).toEqual({ code: 'InvalidArgument', status: 400 })
    },
  )

  test.skipIf(onCeph)('cannot be a version: NotImplemented (Ceph has versions)', async () => {
    await put('versioned')
    const request = copy('', 'x', { CopySource: `${Bucket}/versioned?versionId=1` })
    expect(await refusal(request)).toEqual({ code: 'NotImplemented', status: 501 })
  })
})

describe('conditions on the source (if unchanged, Ceph answers 304 where S3 has 412)', () => {
  // Ceph answers a copy as it answers a reader.
  const unchanged = onCeph ? { code: 'Unknown', status: 304 } : preconditionFailed
  const long = 1000 * 60 * 60 * 24
  const [before, after] = [new Date(Date.now() - long), new Date(Date.now() + long)]

  test('by its ETag', async () => {
    const etag = await put('conditional')
    await copy('conditional', 'x', { CopySourceIfMatch: etag })
    await copy('conditional', 'x', { CopySourceIfNoneMatch: '"other"' })
    expect(await refusal(copy('conditional', 'y', { CopySourceIfMatch: '"other"' }))).toEqual(
      preconditionFailed,
    )
    expect(await refusal(copy('conditional', 'y', { CopySourceIfNoneMatch: etag }))).toEqual(unchanged)
    expect(await refusal(head('y'))).toMatchObject({ status: 404 })
  })

  test('by its date', async () => {
    await put('dated')
    await copy('dated', 'x', { CopySourceIfModifiedSince: before })
    await copy('dated', 'x', { CopySourceIfUnmodifiedSince: after })
    const modified = copy('dated', 'x', { CopySourceIfUnmodifiedSince: before })
    expect(await refusal(modified)).toEqual(preconditionFailed)
    const unmodified = copy('dated', 'x', { CopySourceIfModifiedSince: after })
    expect(await refusal(unmodified)).toEqual(unchanged)
  })

  test('the ETag decides before the date', async () => {
    const etag = await put('both')
    await copy('both', 'x', { CopySourceIfMatch: etag, CopySourceIfUnmodifiedSince: before })
    const same = copy('both', 'x', { CopySourceIfNoneMatch: etag, CopySourceIfModifiedSince: before })
    expect(await refusal(same)).toEqual(unchanged)
  })
})

describe.skipIf(onCeph)('conditions on the destination (Ceph 18 looks at none)', () => {
  test('If-None-Match: * keeps what is there', async () => {
    await put('from')
    await put('there')
    expect(await refusal(copy('from', 'there', { IfNoneMatch: '*' }))).toEqual(preconditionFailed)
    expect(Buffer.from(await read('there')).toString()).toBe('there')
    await copy('from', 'not there', { IfNoneMatch: '*' })
  })

  test('If-Match replaces that object only', async () => {
    await put('from')
    const etag = await put('mine')
    expect(await refusal(copy('from', 'mine', { IfMatch: '"other"' }))).toEqual(preconditionFailed)
    expect(await refusal(copy('from', 'absent', { IfMatch: etag }))).toMatchObject({ code: 'NoSuchKey' })
    await copy('from', 'mine', { IfMatch: etag })
    expect(Buffer.from(await read('mine')).toString()).toBe('from')
  })
})

describe.skipIf(onCeph)('the checksum of a copy (Ceph 18 keeps no checksums)', () => {
  const hello = { CRC32: 'NhCmhg==', SHA256: 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=' }

  test('is of the algorithm of the source', async () => {
    await put('sum', { Body: 'hello', ChecksumAlgorithm: 'SHA256' })
    const { CopyObjectResult } = await copy('sum', 'same')
    expect(CopyObjectResult).toMatchObject({ ChecksumSHA256: hello.SHA256, ChecksumType: 'FULL_OBJECT' })
    const { ChecksumSHA256 } = await client.send(
      new HeadObjectCommand({ Bucket, Key: 'same', ChecksumMode: 'ENABLED' }),
    )
    expect(ChecksumSHA256).toBe(hello.SHA256)
  })

  test('or of the one that the request names', async () => {
    await put('sum', { Body: 'hello', ChecksumAlgorithm: 'SHA256' })
    const { CopyObjectResult } = await copy('sum', 'other', { ChecksumAlgorithm: 'CRC32' })
    expect(CopyObjectResult).toMatchObject({ ChecksumCRC32: hello.CRC32 })
    expect(CopyObjectResult?.ChecksumSHA256).toBeUndefined()
  })
})

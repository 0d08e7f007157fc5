import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { MiB, md5, type Refusal, refusal, sha256, someBytes } from './s3-replies.js'
import { hashOf, sendTo, signRequest } from './signed-request.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
const Bucket = await createBucket(client)
afterAll(() => s3.close())

async function read(Key: string, input: Partial<GetObjectCommand['input']> = {}): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...input }))
  return Body?.transformToByteArray() ?? new Uint8Array()
}

describe('PutObject and GetObject', () => {
  test.each([0, 1, 64 * 1024, 3 * MiB + 1])(
    'an object of %i bytes comes back as it went in',
    async (size) => {
      const Body = someBytes(size)
      const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key: `size-${size}`, Body }))
      expect(ETag).toBe(`"${md5(Body).toString('hex')}"`)
      expect(sha256(await read(`size-${size}`))).toBe(sha256(Body))
    },
  )

  test('a body of unknown content is streamed with a trailing checksum', async () => {
    const bytes = someBytes(MiB)
    // S3 takes chunks from 8 KiB on, but for the last.
    const chunks = [bytes.subarray(0, 9000), bytes.subarray(9000, 70_000), bytes.subarray(70_000)]
    const Body = Readable.from(chunks, { objectMode: false })
    await client.send(new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: bytes.length }))
    expect(sha256(await read('stream'))).toBe(sha256(bytes))
    const { ContentEncoding } = await client.send(new HeadObjectCommand({ Bucket, Key: 'stream' }))
    // Ceph keeps the transfer's encoding as if it were the object's.
    expect(ContentEncoding).toBe(onCeph ? 'aws-chunked' : undefined)
  })

  test('headers and metadata are kept with the object', async () => {
    const kept = {
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'max-age=60',
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentEncoding: 'identity',
      ContentLanguage: 'de',
      Metadata: { upload: '4711', 'with-dash': 'a  b' },
    }
    await client.send(new PutObjectCommand({ Bucket, Key: 'described', Body: 'x', ...kept }))
    expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'described' }))).toMatchObject(kept)
  })

  test('user metadata above 2 KB is MetadataTooLarge (Ceph takes more)', async () => {
    const put = new PutObjectCommand({ Bucket, Key: 'meta', Body: 'x', Metadata: { a: 'x'.repeat(2048) } })
    if (onCeph) await client.send(put)
    else expect(await refusal(client.send(put))).toEqual({ code: 'MetadataTooLarge', status: 400 })
  })

  test('a second object of that name replaces the first', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'twice', Body: 'first', Metadata: { n: '1' } }))
    await client.send(new PutObjectCommand({ Bucket, Key: 'twice', Body: 'second' }))
    expect(Buffer.from(await read('twice')).toString()).toBe('second')
    const { Metadata } = await client.send(new HeadObjectCommand({ Bucket, Key: 'twice' }))
    expect(Metadata).toEqual({})
  })

  test('an object that is read while it is replaced is read as it was', async () => {
    const bytes = someBytes(8 * MiB)
    await client.send(new PutObjectCommand({ Bucket, Key: 'replaced', Body: bytes }))
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'replaced' }))
    await client.send(new PutObjectCommand({ Bucket, Key: 'replaced', Body: 'new' }))
    expect(sha256((await Body?.transformToByteArray()) ?? Buffer.of())).toBe(sha256(bytes))
  })
})

describe('what was signed for one body', () => {
  test('is refused with another: XAmzContentSHA256Mismatch', async () => {
    const put = new PutObjectCommand({ Bucket, Key: 'other-body', Body: 'sent' })
    put.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> }
        headers['x-amz-content-sha256'] = sha256(Buffer.from('signed'))
        return next(args)
      },
      { step: 'build' },
    )
    expect(await refusal(client.send(put))).toEqual({ code: 'XAmzContentSHA256Mismatch', status: 400 })
    expect(await refusal(read('other-body'))).toMatchObject({ code: 'NoSuchKey' })
  })
})

describe('ranges', () => {
  const bytes = someBytes(1000)

  test.each([
    ['bytes=0-0', 0, 1],
    ['bytes=10-19', 10, 20],
    ['bytes=990-', 990, 1000],
    ['bytes=990-5000', 990, 1000],
    ['bytes=-10', 990, 1000],
    ['bytes=-5000', 0, 1000],
  ])('%s', async (Range, start, end) => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'range', Body: bytes }))
    const reply = await client.send(new GetObjectCommand({ Bucket, Key: 'range', Range }))
    expect(reply.$metadata.httpStatusCode).toBe(206)
    expect(reply.ContentRange).toBe(`bytes ${start}-${end - 1}/1000`)
    expect(sha256((await reply.Body?.transformToByteArray()) ?? Buffer.of())).toBe(
      sha256(bytes.subarray(start, end)),
    )
  })

  test('beyond the end is InvalidRange', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'range', Body: bytes }))
    const get = new GetObjectCommand({ Bucket, Key: 'range', Range: 'bytes=1000-' })
    expect(await refusal(client.send(get))).toEqual({ code: 'InvalidRange', status: 416 })
  })
})

describe('conditions', () => {
  test('reading: If-Match and If-None-Match by ETag', async () => {
    const { ETag = '' } = await client.send(new PutObjectCommand({ Bucket, Key: 'condition', Body: 'x' }))
    expect(Buffer.from(await read('condition', { IfMatch: ETag })).toString()).toBe('x')
    expect(Buffer.from(await read('condition', { IfNoneMatch: '"other"' })).toString()).toBe('x')
    expect(await refusal(read('condition', { IfMatch: '"other"' }))).toEqual({
      code: 'PreconditionFailed',
      status: 412,
    })
    expect(await refusal(read('condition', { IfNoneMatch: ETag }))).toMatchObject({ status: 304 })
  })

  test.skipIf(onCeph)(
    'reading: a range of another object is the whole of this one (Ceph ignores If-Range)',
    async () => {
      const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key: 'ranged', Body: 'content' }))
      const get = async (ifRange = '') => {
        const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'ranged' }))
        const reply = await fetch(url, { headers: { range: 'bytes=3-', 'if-range': ifRange } })
        return { status: reply.status, text: await reply.text() }
      }
      expect(await get(ETag)).toEqual({ status: 206, text: 'tent' })
      expect(await get('"other"')).toEqual({ status: 200, text: 'content' })
    },
  )

  test('writing: If-None-Match: * makes the first writer win', async () => {
    const put = (Body: string) =>
      client.send(new PutObjectCommand({ Bucket, Key: 'once', Body, IfNoneMatch: '*' }))
    await put('first')
    expect(await refusal(put('second'))).toEqual({ code: 'PreconditionFailed', status: 412 })
    expect(Buffer.from(await read('once')).toString()).toBe('first')
  })

  test.skipIf(onCeph)(
    'of many such writers at once exactly one wins (Ceph: checks before it writes)',
    async () => {
      const puts = Array.from({ length: 8 }, (_, index) =>
        client.send(new PutObjectCommand({ Bucket, Key: 'race', Body: `${index}`, IfNoneMatch: '*' })),
      )
      const results = await Promise.allSettled(puts)
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    },
  )
})

describe('names', () => {
  const Keys = [
    'a',
    'a/b',
    '/leading',
    'trailing/',
    '//a/../b/./c//',
    '..',
    'a/..',
    'with space+plus',
    'ünï/日本語/🚀.txt',
    '%2F%00 & <xml> "quoted" \'single\' !*()',
    'back\\slash',
    'ü'.repeat(512),
  ]

  test.each(Keys)('%s', async (Key) => {
    const Body = someBytes(100)
    await client.send(new PutObjectCommand({ Bucket, Key, Body }))
    expect(sha256(await read(Key))).toBe(sha256(Body))
  })

  test('a key above 1,024 bytes is KeyTooLongError', async () => {
    const put = new PutObjectCommand({ Bucket, Key: `${'ü'.repeat(512)}x`, Body: 'x' })
    // Ceph calls it InvalidObjectName.
    const code = onCeph ? 'InvalidObjectName' : 'KeyTooLongError'
    expect(await refusal(client.send(put))).toEqual({ code, status: 400 })
  })
})

describe('deleting', () => {
  test('DeleteObject succeeds also without an object', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'gone', Body: 'x' }))
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }))
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }))
    expect(await refusal(read('gone'))).toEqual({ code: 'NoSuchKey', status: 404 })
    const head = new HeadObjectCommand({ Bucket, Key: 'gone' })
    expect(await refusal(client.send(head))).toEqual({ code: 'NotFound', status: 404 })
  })

  test('DeleteObjects names what it deleted, and keeps the rest', async () => {
    const keys = ['many/1', 'many/2 & <3>', 'many/4']
    for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
    const Objects = [{ Key: keys[0] }, { Key: keys[1] }, { Key: 'many/absent' }]
    const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
    expect(Deleted?.map(({ Key }) => Key).sort()).toEqual(['many/1', 'many/2 & <3>', 'many/absent'])
    expect(Errors ?? []).toEqual([])
    expect(await refusal(read('many/1'))).toMatchObject({ code: 'NoSuchKey' })
    expect(Buffer.from(await read('many/4')).toString()).toBe('x')
  })

  async function deleteAsWritten(object: string): Promise<Refusal> {
    const body = Buffer.from(`<Delete><Object>${object}</Object></Delete>`)
    const path = `/${Bucket}?delete=`
    const headers = { 'content-md5': md5(body).toString('base64') }
    const { headers: signed } = signRequest(s3, { method: 'POST', path, headers, payloadHash: hashOf(body) })
    const { code, status } = await sendTo(s3, 'POST', path, signed, body)
    return { code, status }
  }

  test('a key with a reference to what XML may have, or with what only looks like one, is deleted', async () => {
    const keys = ['a\rb', 'a&#1;b🚀']
    for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
    expect(await deleteAsWritten('<Key>a&#xD;b</Key>')).toEqual({ code: '', status: 200 })
    const literal = '<Key><![CDATA[a&#1;b]]>&#x1F680;</Key>'
    expect(await deleteAsWritten(literal)).toEqual({ code: '', status: 200 })
    for (const Key of keys) expect(await refusal(read(Key))).toMatchObject({ status: 404 })
  })

  test.each(['&#1;', '&#x1f;', '&#xD83D;', '&#xFFFF;', '&#x110000;'])(
    'a key with %s, which XML may not have, is MalformedXML (Ceph: 400 without a code), and none is deleted',
    async (reference) => {
      await client.send(new PutObjectCommand({ Bucket, Key: 'ab', Body: 'x' }))
      const code = onCeph ? '' : 'MalformedXML'
      expect(await deleteAsWritten(`<Key>a${reference}b</Key>`)).toEqual({ code, status: 400 })
      expect(Buffer.from(await read('ab')).toString()).toBe('x')
    },
  )

  test.skipIf(onCeph).each(['constructor', '__proto__'])(
    'an element %s in it is MalformedXML (Ceph ignores it)',
    async (name) => {
      const object = `<Key>ab</Key><${name}>x</${name}>`
      expect(await deleteAsWritten(object)).toEqual({ code: 'MalformedXML', status: 400 })
    },
  )
})

describe.skipIf(onCeph)('deleting under a condition (Ceph 18 looks at none, and deletes)', () => {
  const preconditionFailed = { code: 'PreconditionFailed', status: 412 }

  async function putObject(Key: string): Promise<string> {
    const { ETag = '' } = await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
    return ETag
  }
  const remove = (Key: string, IfMatch: string) =>
    client.send(new DeleteObjectCommand({ Bucket, Key, IfMatch }))

  test('DeleteObject with the ETag of another object deletes nothing', async () => {
    await putObject('changed')
    expect(await refusal(remove('changed', '"0123456789abcdef0123456789abcdef"'))).toEqual(preconditionFailed)
    expect(Buffer.from(await read('changed')).toString()).toBe('changed')
  })

  test.each(['quoted', 'unquoted', '*'])('with its own ETag, or any, it does: %s', async (Key) => {
    const etag = await putObject(Key)
    await remove(Key, { quoted: etag, unquoted: etag.slice(1, -1) }[Key] ?? '*')
    expect(await refusal(read(Key))).toMatchObject({ code: 'NoSuchKey' })
  })

  test.each(['*', '"0123456789abcdef0123456789abcdef"'])(
    'without an object If-Match: %s is NoSuchKey',
    async (etag) => {
      expect(await refusal(remove('absent', etag))).toEqual({ code: 'NoSuchKey', status: 404 })
    },
  )

  test('DeleteObjects deletes those whose ETag fits, and names the others', async () => {
    const ETag = await putObject('fits')
    await putObject('differs')
    const Objects = [
      { Key: 'fits', ETag },
      { Key: 'differs', ETag },
      { Key: 'absent', ETag },
    ]
    const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
    expect(Deleted).toMatchObject([{ Key: 'fits' }])
    expect(Errors).toMatchObject([
      { Key: 'differs', Code: 'PreconditionFailed' },
      { Key: 'absent', Code: 'NoSuchKey' },
    ])
    expect(Buffer.from(await read('differs')).toString()).toBe('differs')
  })

  test('a condition that is not checked is refused: NotImplemented', async () => {
    await putObject('kept')
    const bySize = new DeleteObjectCommand({ Bucket, Key: 'kept', IfMatchSize: 1 })
    expect(await refusal(client.send(bySize))).toEqual({ code: 'NotImplemented', status: 501 })
    const Objects = [{ Key: 'kept', VersionId: 'x' }]
    const byVersion = new DeleteObjectsCommand({ Bucket, Delete: { Objects } })
    expect(await refusal(client.send(byVersion))).toEqual({ code: 'NotImplemented', status: 501 })
    expect(Buffer.from(await read('kept')).toString()).toBe('kept')
  })
})

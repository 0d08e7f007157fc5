// Bodies in signed chunks, as AWS's SDKs for Java and .NET and MinIO's clients send them.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
import { GetObjectCommand, ListPartsCommand } from '@aws-sdk/client-s3'
import { createCRC32 } from 'hash-wasm'
import { afterAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { beginUpload, md5, type Refusal, refusal, sha256, someBytes } from './s3-replies.js'
import { hashOf, sendTo, signRequest } from './signed-request.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
const Bucket = await createBucket(client)
afterAll(() => s3.close())

const bytes = someBytes(150_000)
const crc32 = await crc32Of(bytes)
const accepted = { code: '', status: 200 }
const signatureDoesNotMatch = { code: 'SignatureDoesNotMatch', status: 403 }

interface Sent {
  path: string
  /** The trailer; `undefined` for none. */
  crc32?: string | undefined
  chunkSize?: number
  decodedLength?: number
  /** What becomes of the signed body on its way. */
  change?: (body: Buffer) => Buffer
}

async function put(sent: Sent): Promise<Refusal> {
  const { path, crc32, chunkSize = 64 * 1024, decodedLength = bytes.length, change } = sent
  const { headers, signature, sign } = signRequest(s3, {
    method: 'PUT',
    path,
    payloadHash: `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${crc32 === undefined ? '' : '-TRAILER'}`,
    headers: {
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': `${decodedLength}`,
      ...(crc32 !== undefined && { 'x-amz-trailer': 'x-amz-checksum-crc32' }),
    },
  })
  const chunks: Buffer[] = []
  for (let start = 0; start < bytes.length; start += chunkSize) {
    chunks.push(bytes.subarray(start, start + chunkSize))
  }
  const body: (string | Buffer)[] = []
  let previous = signature
  for (const chunk of [...chunks, Buffer.alloc(0)]) {
    previous = sign('PAYLOAD', previous, hashOf(''), hashOf(chunk))
    body.push(`${chunk.length.toString(16)};chunk-signature=${previous}\r\n`, chunk)
    if (chunk.length > 0) body.push('\r\n')
  }
  if (crc32 !== undefined) {
    const trailer = `x-amz-checksum-crc32:${crc32}`
    const trailerSignature = sign('TRAILER', previous, hashOf(`${trailer}\n`))
    body.push(`${trailer}\r\nx-amz-trailer-signature:${trailerSignature}\r\n`)
  }
  body.push('\r\n')
  const all = Buffer.concat(body.map((piece) => Buffer.from(piece)))
  const { code, status } = await sendTo(s3, 'PUT', path, headers, change ? change(all) : all)
  return { code, status }
}

async function crc32Of(data: Uint8Array): Promise<string> {
  return Buffer.from((await createCRC32()).init().update(data).digest('hex'), 'hex').toString('base64')
}

async function expectStored(Key: string): Promise<void> {
  const { Body, ContentEncoding } = await client.send(new GetObjectCommand({ Bucket, Key }))
  expect(sha256((await Body?.transformToByteArray()) ?? new Uint8Array())).toBe(sha256(bytes))
  // It describes the transfer. Ceph keeps it with the object.
  expect(ContentEncoding).toBe(onCeph ? 'aws-chunked' : undefined)
}

async function expectNothing(Key: string): Promise<void> {
  expect(await refusal(client.send(new GetObjectCommand({ Bucket, Key })))).toMatchObject({
    code: 'NoSuchKey',
  })
}

/** Changes the byte that is so far from the last place of `text`. */
function flip(text: string, distance: number): (body: Buffer) => Buffer {
  return (body) => {
    const at = body.lastIndexOf(text) + distance
    body[at] = (body[at] ?? 0) ^ 1
    return body
  }
}

function replace(pattern: RegExp, replacement: string): (body: Buffer) => Buffer {
  return (body) => Buffer.from(body.toString('latin1').replace(pattern, replacement), 'latin1')
}

describe.each([
  ['without a trailer', undefined],
  ['with a checksum as trailer', crc32],
])('signed chunks %s', (name, crc32) => {
  const keyOf = (what: string) => `${name} ${what}`.replaceAll(' ', '-')

  test('become an object', async () => {
    const Key = keyOf('object')
    expect(await put({ path: `/${Bucket}/${Key}`, crc32 })).toEqual(accepted)
    await expectStored(Key)
  })

  test('become a part', async () => {
    const upload = await beginUpload(client, Bucket, keyOf('part'))
    const path = `/${Bucket}/${upload.Key}?partNumber=2&uploadId=${encodeURIComponent(upload.UploadId)}`
    expect(await put({ path, crc32 })).toEqual(accepted)
    const { Parts } = await client.send(new ListPartsCommand(upload))
    const ETag = `"${md5(bytes).toString('hex')}"`
    expect(Parts).toMatchObject([{ PartNumber: 2, Size: bytes.length, ETag }])
  })

  const expectRefused = async (what: string, change: (body: Buffer) => Buffer, expected: Refusal) => {
    const Key = keyOf(what)
    expect(await put({ path: `/${Bucket}/${Key}`, crc32, change })).toEqual(expected)
    await expectNothing(Key)
  }

  test.each([
    ['data in the first chunk', flip('10000;', 500)],
    ['first signature', flip('10000;chunk-signature=', 30)],
  ])('with other %s are SignatureDoesNotMatch, and nothing is stored', async (what, change) => {
    await expectRefused(what, change, signatureDoesNotMatch)
  })

  // Ceph 18 looks at the signature of a chunk only when another one follows, and ends with an error if the body is cut.
  describe.skipIf(onCeph)('their end (Ceph does not check it)', () => {
    test.each([
      ['data in the last chunk', flip('\r\n0;chunk', -1)],
      ['last signature', flip('\r\n0;chunk-signature=', 30)],
    ])('with other %s are SignatureDoesNotMatch, and nothing is stored', async (what, change) => {
      await expectRefused(what, change, signatureDoesNotMatch)
    })

    test('with none of the signatures are SignatureDoesNotMatch, and nothing is stored', async () => {
      await expectRefused('unsigned', replace(/;chunk-signature=\w+/g, ''), signatureDoesNotMatch)
    })

    test('without the last chunk are IncompleteBody, and nothing is stored', async () => {
      const cut = (body: Buffer) => body.subarray(0, body.lastIndexOf('0;chunk-signature='))
      await expectRefused('cut', cut, { code: 'IncompleteBody', status: 400 })
    })

    test.each([-1, 1])('with %i bytes more than was said are IncompleteBody', async (more) => {
      const Key = keyOf('length')
      const sent = { path: `/${Bucket}/${Key}`, crc32, decodedLength: bytes.length - more }
      expect(await put(sent)).toEqual({ code: 'IncompleteBody', status: 400 })
      await expectNothing(Key)
    })

    test('of less than 8 KiB are InvalidChunkSizeError', async () => {
      const result = await put({ path: `/${Bucket}/${keyOf('small-chunks')}`, crc32, chunkSize: 8191 })
      expect(result).toEqual({ code: 'InvalidChunkSizeError', status: 403 })
    })
  })
})

// One that is not right ends the process of Ceph 18.
describe.skipIf(onCeph)('a signed trailer (a wrong one ends Ceph)', () => {
  test('with another signature is SignatureDoesNotMatch, and nothing is stored', async () => {
    const change = flip('x-amz-trailer-signature:', 30)
    expect(await put({ path: `/${Bucket}/forged`, crc32, change })).toEqual(signatureDoesNotMatch)
    await expectNothing('forged')
  })

  test('with another checksum is SignatureDoesNotMatch, and nothing is stored', async () => {
    const other = await crc32Of(someBytes(10))
    const change = replace(/(?<=x-amz-checksum-crc32:)\S+/, other)
    expect(await put({ path: `/${Bucket}/changed`, crc32, change })).toEqual(signatureDoesNotMatch)
    await expectNothing('changed')
  })

  test('with the checksum of other bytes is BadDigest, and nothing is stored', async () => {
    const other = await crc32Of(someBytes(10))
    expect(await put({ path: `/${Bucket}/digest`, crc32: other })).toEqual({ code: 'BadDigest', status: 400 })
    await expectNothing('digest')
  })

  test('without its signature is IncompleteBody, and nothing is stored', async () => {
    const change = replace(/x-amz-trailer-signature:.*\r\n/, '')
    expect(await put({ path: `/${Bucket}/bare`, crc32, change })).toEqual({
      code: 'IncompleteBody',
      status: 400,
    })
    await expectNothing('bare')
  })

  test("may have an empty line before the signature, as MinIO's clients send it", async () => {
    const change = replace(/\r\nx-amz-trailer-signature/, '\n\r\nx-amz-trailer-signature')
    expect(await put({ path: `/${Bucket}/minio`, crc32, change })).toEqual(accepted)
    await expectStored('minio')
  })

  test('that the request does not announce is MalformedTrailerError, and nothing is stored', async () => {
    const change = (body: Buffer) =>
      Buffer.concat([body.subarray(0, -2), Buffer.from('x-amz-meta-a:b\r\n\r\n')])
    expect(await put({ path: `/${Bucket}/extra`, change })).toEqual({
      code: 'MalformedTrailerError',
      status: 400,
    })
    await expectNothing('extra')
  })
})

test.skipIf(onCeph)(
  'chunks that are signed with Signature Version 4A are NotImplemented (Ceph: another code)',
  async () => {
    const { headers } = signRequest(s3, {
      method: 'PUT',
      path: `/${Bucket}/v4a`,
      payloadHash: 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
    })
    expect(await sendTo(s3, 'PUT', `/${Bucket}/v4a`, headers)).toMatchObject({
      code: 'NotImplemented',
      status: 501,
    })
  },
)

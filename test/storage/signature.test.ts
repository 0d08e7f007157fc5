// The embedded store only: AWS's published examples of Signature Version 4, stage by stage.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
import { createHash } from 'node:crypto'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { AwsChunkedDecoder } from '../../demo/storage/dist/bodies/aws-chunked.js'
import { authenticate } from '../../demo/storage/dist/signatures/authenticate.js'
import { ChunkSignatures } from '../../demo/storage/dist/signatures/chunk-signatures.js'
import { canonicalRequest, signature, stringToSign } from '../../demo/storage/dist/signatures/signature.js'

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const scope = { date: '20130524', region: 'us-east-1' }
const timestamp = '20130524T000000Z'
const host: [string, string] = ['host', 'examplebucket.s3.amazonaws.com']
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

function sign(parts: Parameters<typeof canonicalRequest>[0]) {
  const canonical = canonicalRequest(parts)
  const text = stringToSign(canonical, timestamp, scope)
  return {
    canonicalHash: createHash('sha256').update(canonical).digest('hex'),
    signature: signature(text, secret, scope),
  }
}

test('GET Object with a range', () => {
  const signed = sign({
    method: 'GET',
    path: '/test.txt',
    query: [],
    signedHeaders: [
      host,
      ['range', 'bytes=0-9'],
      ['x-amz-content-sha256', emptyHash],
      ['x-amz-date', timestamp],
    ],
    payloadHash: emptyHash,
  })
  expect(signed).toEqual({
    canonicalHash: '7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972',
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  })
})

test('PUT Object with a key that needs encoding', () => {
  const payloadHash = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072'
  const signed = sign({
    method: 'PUT',
    path: '/test$file.text',
    query: [],
    signedHeaders: [
      ['date', 'Fri, 24 May 2013 00:00:00 GMT'],
      host,
      ['x-amz-content-sha256', payloadHash],
      ['x-amz-date', timestamp],
      ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
    ],
    payloadHash,
  })
  expect(signed).toEqual({
    canonicalHash: '9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d',
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  })
})

test('GET Bucket Lifecycle: a parameter without value', () => {
  const signed = sign({
    method: 'GET',
    path: '/',
    query: new URLSearchParams('?lifecycle'),
    signedHeaders: [host, ['x-amz-content-sha256', emptyHash], ['x-amz-date', timestamp]],
    payloadHash: emptyHash,
  })
  expect(signed.signature).toBe('fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543')
})

test('GET Bucket: two parameters', () => {
  const signed = sign({
    method: 'GET',
    path: '/',
    query: new URLSearchParams('?prefix=J&max-keys=2'),
    signedHeaders: [host, ['x-amz-content-sha256', emptyHash], ['x-amz-date', timestamp]],
    payloadHash: emptyHash,
  })
  expect(signed.signature).toBe('34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7')
})

test('a presigned URL', () => {
  const signed = sign({
    method: 'GET',
    path: '/test.txt',
    query: new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
      'X-Amz-Date': timestamp,
      'X-Amz-Expires': '86400',
      'X-Amz-SignedHeaders': 'host',
    }),
    signedHeaders: [host],
    payloadHash: 'UNSIGNED-PAYLOAD',
  })
  expect(signed).toEqual({
    canonicalHash: '3bfa292879f6447bbcda7001decf97f4a54dc650c8942174ae0a9121cf58ad04',
    signature: 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  })
})

/** 65 KiB of `a` in a chunk of 64 KiB, one of 1 KiB, and the last one. */
describe.each([
  {
    kind: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    hasTrailer: false,
    lengthHeader: [['content-length', '66824']] as [string, string][],
    trailerHeader: [] as [string, string][],
    canonicalHash: 'cee3fed04b70f867d036f722359b0b1f2f0e5dc0efadbc082b76c4c60e316455',
    seed: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    chunks: [
      'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
      '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
      'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
    ],
    trailer: '\r\n',
  },
  {
    kind: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    hasTrailer: true,
    lengthHeader: [],
    trailerHeader: [['x-amz-trailer', 'x-amz-checksum-crc32c']] as [string, string][],
    canonicalHash: '44d48b8c2f70eae815a0198cc73d7a546a73a93359c070abbaa5e6c7de112559',
    seed: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
    chunks: [
      'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
      '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
      '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
    ],
    trailer:
      'x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
  },
])('$kind', ({ kind, hasTrailer, lengthHeader, trailerHeader, canonicalHash, seed, chunks, trailer }) => {
  const data = Buffer.alloc(66_560, 'a')
  const [first, second, last] = chunks
  const body = [
    `10000;chunk-signature=${first}\r\n`,
    data.subarray(0, 65_536),
    `\r\n400;chunk-signature=${second}\r\n`,
    data.subarray(65_536),
    `\r\n0;chunk-signature=${last}\r\n`,
    trailer,
  ]

  /** @param split How the body comes in: pieces of so many bytes. */
  function decode(body: (string | Buffer)[], split = 10_000): Promise<Buffer> {
    const all = Buffer.concat(body.map((piece) => Buffer.from(piece)))
    const pieces = Array.from({ length: Math.ceil(all.length / split) }, (_, index) =>
      all.subarray(index * split, (index + 1) * split),
    )
    const signatures = new ChunkSignatures(seed, timestamp, scope, secret)
    const decoder = new AwsChunkedDecoder({ hasTrailer, signatures })
    return buffer(Readable.from(pieces).compose(decoder))
  }

  test('the seed signature', () => {
    const signed = sign({
      method: 'PUT',
      path: '/examplebucket/chunkObject.txt',
      query: [],
      signedHeaders: [
        ['content-encoding', 'aws-chunked'],
        ...lengthHeader,
        ['host', 's3.amazonaws.com'],
        ['x-amz-content-sha256', kind],
        ['x-amz-date', timestamp],
        ['x-amz-decoded-content-length', '66560'],
        ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
        ...trailerHeader,
      ],
      payloadHash: kind,
    })
    expect(signed).toEqual({ canonicalHash, signature: seed })
  })

  test.each([1, 86, 65_536, 100_000])('the body, in pieces of %i bytes', async (split) => {
    expect((await decode(body, split)).equals(data)).toBe(true)
  })

  test.each<[string, (text: string | Buffer, index: number) => string | Buffer]>([
    ['data of a chunk', (piece, index) => (index === 3 ? Buffer.alloc(1024, 'b') : piece)],
    [
      'signature of a chunk',
      (piece) => piece.toString().replace('signature=1', 'signature=2').replace('=00', '=01'),
    ],
    [
      'signature of the last chunk',
      (piece, index) => (index === 4 ? piece.toString().replace(/\w(?=\r\n$)/, '0') : piece),
    ],
    ['no signature', (piece) => piece.toString().replace(/;chunk-signature=\w+/, '')],
  ])('another %s is SignatureDoesNotMatch', async (_, change) => {
    const changed = body.map((piece, index) => change(piece, index))
    await expect(decode(changed)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' })
  })

  test.each([
    ['a chunk', 2],
    ['its last chunk', 4],
    ['its end', 5],
  ])('a body that ends before %s is IncompleteBody', async (_, length) => {
    await expect(decode(body.slice(0, length))).rejects.toMatchObject({ code: 'IncompleteBody' })
  })
})

const account = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: secret,
  region: 'us-east-1',
}
const signedAt = Date.parse('2013-05-24T00:00:00Z')

/** The published GET Object request, as the store would receive it. */
function publishedRequest(changes: Record<string, string> = {}) {
  const headers: Record<string, string> = {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': emptyHash,
    'x-amz-date': timestamp,
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ...changes,
  }
  const message = new IncomingMessage(new Socket())
  message.headers = headers
  message.headersDistinct = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value]]),
  )
  return { method: 'GET', path: '/test.txt', query: new URLSearchParams(), message }
}

test('the published request is accepted when it was made, and 15 minutes around that', () => {
  for (const minutes of [-15, 0, 15]) {
    const payloadHash = authenticate(publishedRequest(), account, signedAt + minutes * 60_000)
    expect(payloadHash).toEqual({ sha256: emptyHash })
  }
})

test.each<[string, () => unknown]>([
  ['RequestTimeTooSkewed', () => authenticate(publishedRequest(), account, signedAt + 901_000)],
  ['RequestTimeTooSkewed', () => authenticate(publishedRequest(), account, signedAt - 901_000)],
  ['SignatureDoesNotMatch', () => authenticate(publishedRequest({ range: 'bytes=0-8' }), account, signedAt)],
  [
    'SignatureDoesNotMatch',
    () => authenticate(publishedRequest(), { ...account, secretAccessKey: 'x' }, signedAt),
  ],
  ['InvalidAccessKeyId', () => authenticate(publishedRequest(), { ...account, accessKeyId: 'x' }, signedAt)],
  [
    'AuthorizationHeaderMalformed',
    () => authenticate(publishedRequest(), { ...account, region: 'x' }, signedAt),
  ],
  ['AccessDenied', () => authenticate(publishedRequest({ 'x-amz-meta-a': 'b' }), account, signedAt)],
  [
    'AccessDenied',
    () => authenticate({ ...publishedRequest(), message: new IncomingMessage(new Socket()) }, account),
  ],
])('%s', (code, verify) => {
  expect(verify).toThrow(expect.objectContaining({ code }))
})

// Our URLs are those of the SDK's own getSignedUrl, for every way that a bucket can be addressed.
import { PutObjectCommand, S3Client, type S3ClientConfig, UploadPartCommand } from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { S3Presigner } from '../../../server/src/s3/presign.js'

const now = new Date('2026-03-04T05:06:07Z')
beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const withToken = { ...credentials, sessionToken: 'token/with+signs==' }
const clients: Record<string, S3ClientConfig> = {
  'AWS, virtual-hosted': { region: 'eu-west-1' },
  'AWS, path style': { region: 'eu-west-1', forcePathStyle: true },
  'AWS, dual stack': { region: 'eu-west-1', useDualstackEndpoint: true },
  'AWS, accelerated': { region: 'eu-west-1', useAccelerateEndpoint: true },
  'own endpoint, path style, port': {
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:9000',
    forcePathStyle: true,
  },
  'own endpoint, path style, below a path': {
    region: 'us-east-1',
    endpoint: 'https://example.com/s3/',
    forcePathStyle: true,
  },
  'own endpoint, virtual-hosted, port': { region: 'us-east-1', endpoint: 'http://s3.example.com:8080' },
  'temporary credentials': { region: 'eu-west-1', credentials: withToken },
}
const keys = ['plain.txt', 'b1c9/Übergröße 1 +%#?&=\'"(*)!~.png', 'हिन्दी/日本語/🎈', "a//b/c'd"]

function readPolicy(policy = ''): { expiration: string; conditions: string[] } {
  const { expiration, conditions } = JSON.parse(Buffer.from(policy, 'base64').toString())
  const sorted = conditions.map((condition: unknown) => JSON.stringify(condition)).sort()
  return { expiration: new Date(expiration).toISOString(), conditions: sorted }
}

/** As AWS's documentation writes it; the SDK sorts it in with the others. */
function signatureLast(url: string): string {
  const [signature = ''] = /&X-Amz-Signature=\w+/.exec(url) ?? []
  return url.replace(signature, '') + signature
}

describe.each(Object.entries(clients))('%s', (_, config) => {
  // The SDK would otherwise put the CRC32 of an empty body into its URL; ours never holds one.
  const theirs = new S3Client({ credentials, ...config, requestChecksumCalculation: 'WHEN_REQUIRED' })
  const ours = new S3Presigner(new S3Client({ credentials, ...config }), 900)

  test.each(keys)('a part of %s', async (key) => {
    const upload = { bucket: 'media', key, uploadId: 'id-._~+/= &' }
    const input = { Bucket: 'media', Key: key, UploadId: upload.uploadId, PartNumber: 7 }
    const [open, exact] = await ours.signParts(upload, [
      { partNumber: 7 },
      { partNumber: 7, contentLength: 42 },
    ])
    expect(open?.url).toBe(
      signatureLast(await getSignedUrl(theirs, new UploadPartCommand(input), { expiresIn: 900 })),
    )
    const sized = new UploadPartCommand({ ...input, ContentLength: 42 })
    expect(exact?.url).toBe(signatureLast(await getSignedUrl(theirs, sized, { expiresIn: 900 })))
    expect(exact?.url).toContain('X-Amz-SignedHeaders=content-length%3Bhost')
    expect(exact?.url).not.toContain('checksum')
  })

  test.each(keys)('a PUT of %s', async (key) => {
    const headers = {
      contentType: 'image/png; charset="x y"',
      contentDisposition: 'attachment; filename="a b.png"',
      metadata: { 'partway-id': 'b1c9', album: '=?UTF-8?B?QsOkcg==?=' },
      options: {},
    }
    const put = await ours.signPut({ bucket: 'media', key }, headers, 42)
    const command = new PutObjectCommand({
      Bucket: 'media',
      Key: key,
      ContentLength: 42,
      ContentType: headers.contentType,
      ContentDisposition: headers.contentDisposition,
      Metadata: headers.metadata,
    })
    const url = await getSignedUrl(theirs, command, {
      expiresIn: 900,
      signableHeaders: new Set(['content-type']),
      unhoistableHeaders: new Set(['x-amz-meta-partway-id', 'x-amz-meta-album']),
    })
    expect(put.url).toBe(signatureLast(url))
    expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe(
      ['content-length', 'host', ...Object.keys(put.headers)].sort().join(';'),
    )
  })

  test.each(keys)('a form for %s', async (key) => {
    const described = {
      contentType: 'image/png',
      contentDisposition: 'inline',
      metadata: { 'partway-id': 'b1c9', album: '=?UTF-8?B?QsOkcg==?=' },
      options: {},
    }
    const bounds = { minBytes: 1, maxBytes: 42, successStatus: '201' } as const
    const form = await ours.signForm({ bucket: 'media', key }, described, bounds)
    const expected = await createPresignedPost(theirs, {
      Bucket: 'media',
      Key: key,
      Expires: 900,
      Conditions: [['content-length-range', 1, 42]],
      Fields: {
        'Content-Type': 'image/png',
        'Content-Disposition': 'inline',
        'x-amz-meta-partway-id': 'b1c9',
        'x-amz-meta-album': '=?UTF-8?B?QsOkcg==?=',
        success_action_status: '201',
      },
    })
    expect(form.url).toBe(expected.url)
    // Whatever their order, which S3 does not look at, the policies say the same; so only their signatures differ.
    const { Policy, 'X-Amz-Signature': signature, ...fields } = form.fields
    const { Policy: theirPolicy = '', 'X-Amz-Signature': _, ...theirFields } = expected.fields
    expect(fields).toEqual(theirFields)
    expect(readPolicy(Policy)).toEqual(readPolicy(theirPolicy))
    expect(signature).toMatch(/^[0-9a-f]{64}$/)
  })

  test.each(keys)('the location of %s', async (key) => {
    const location = await ours.locate({ bucket: 'media', key })
    const [part] = await ours.signParts({ bucket: 'media', key, uploadId: 'u' }, [{ partNumber: 1 }])
    expect(location).toBe(part?.url.split('?')[0])
  })
})

test("a signature says how long it lives: not longer than the server's own credentials", async () => {
  const lasting = (expiration: Date) =>
    new S3Presigner(
      new S3Client({ region: 'eu-west-1', credentials: async () => ({ ...withToken, expiration }) }),
      3600,
    )
  const sign = async (seconds: number) => {
    const expiration = new Date(now.getTime() + seconds * 1000)
    const [part] = await lasting(expiration).signParts({ bucket: 'media', key: 'k', uploadId: 'u' }, [
      { partNumber: 1 },
    ])
    return [part?.expiresIn, new URL(part?.url ?? '').searchParams.get('X-Amz-Expires')]
  }
  expect(await sign(7200)).toEqual([3600, '3600'])
  expect(await sign(600)).toEqual([600, '600'])
  expect(await sign(-5)).toEqual([1, '1'])
})

test('an endpoint that could not be found is looked for again', async () => {
  const region = vi.fn().mockRejectedValueOnce(new Error('no region yet')).mockResolvedValue('eu-west-1')
  const ours = new S3Presigner(new S3Client({ region, credentials }), 900)
  await expect(ours.locate({ bucket: 'media', key: 'k' })).rejects.toThrow('no region yet')
  expect(await ours.locate({ bucket: 'media', key: 'k' })).toBe('https://media.s3.eu-west-1.amazonaws.com/k')
})

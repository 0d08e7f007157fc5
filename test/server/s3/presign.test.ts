// Our URLs and forms are those of the SDK's own getSignedUrl and createPresignedPost, for every way that a bucket can be addressed.
import { PutObjectCommand, S3Client, type S3ClientConfig, UploadPartCommand } from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { S3Presigner } from '../../../server/core/src/s3/presign.js'

const now = new Date('2026-03-04T05:06:07Z')
beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const withToken = { ...credentials, sessionToken: 'token/with+signs==' }
const account = '123456789012'
const clients: Record<string, S3ClientConfig & { bucket?: string }> = {
  'AWS, virtual-hosted': { region: 'eu-west-1' },
  'AWS, path style': { region: 'eu-west-1', forcePathStyle: true },
  'AWS, dual stack': { region: 'eu-west-1', useDualstackEndpoint: true },
  'AWS, accelerated': { region: 'eu-west-1', useAccelerateEndpoint: true },
  'AWS, FIPS': { region: 'us-east-1', useFipsEndpoint: true },
  'AWS, FIPS, dual stack': { region: 'us-gov-west-1', useFipsEndpoint: true, useDualstackEndpoint: true },
  'AWS, access point': {
    region: 'eu-west-1',
    bucket: `arn:aws:s3:eu-west-1:${account}:accesspoint/uploads`,
  },
  'AWS, access point, FIPS, dual stack': {
    region: 'us-east-1',
    bucket: `arn:aws:s3:us-east-1:${account}:accesspoint/uploads`,
    useFipsEndpoint: true,
    useDualstackEndpoint: true,
  },
  "AWS, access point's alias": {
    region: 'eu-west-1',
    bucket: 'uploads-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias',
  },
  China: { region: 'cn-north-1' },
  'China, path style, dual stack': {
    region: 'cn-northwest-1',
    forcePathStyle: true,
    useDualstackEndpoint: true,
  },
  'China, access point': {
    region: 'cn-north-1',
    bucket: `arn:aws-cn:s3:cn-north-1:${account}:accesspoint/uploads`,
  },
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

describe.each(Object.entries(clients))('%s', (_, { bucket = 'media', ...config }) => {
  // The SDK would otherwise put the CRC32 of an empty body into its URL; ours never holds one.
  const theirs = new S3Client({ credentials, ...config, requestChecksumCalculation: 'WHEN_REQUIRED' })
  const ours = new S3Presigner(new S3Client({ credentials, ...config }), 900)

  test.each(keys)('a part of %s', async (key) => {
    const upload = { bucket, key, uploadId: 'id-._~+/= &' }
    const input = { Bucket: bucket, Key: key, UploadId: upload.uploadId, PartNumber: 7 }
    const [open, exact] = await ours.signParts(upload, [
      { partNumber: 7 },
      { partNumber: 7, contentLength: 42 },
    ])
    expect(open?.url).toBe(await getSignedUrl(theirs, new UploadPartCommand(input), { expiresIn: 900 }))
    const sized = new UploadPartCommand({ ...input, ContentLength: 42 })
    expect(exact?.url).toBe(await getSignedUrl(theirs, sized, { expiresIn: 900 }))
    expect(exact?.url).toContain('X-Amz-SignedHeaders=content-length%3Bhost')
    expect(exact?.url).not.toContain('checksum')
  })

  test.each(keys)('a PUT of %s', async (key) => {
    const headers = {
      contentType: 'image/png; charset="x y"',
      contentDisposition: 'attachment; filename="a b.png"',
      metadata: { 'partway-id': 'b1c9', album: '=?UTF-8?B?QsOkcg==?=' },
      options: {
        cacheControl: 'max-age=60',
        serverSideEncryption: 'aws:kms',
        tags: { of: 'a page' },
      } as const,
    }
    const put = await ours.signPut({ bucket, key }, headers, { size: 42 })
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      ContentLength: 42,
      ContentType: headers.contentType,
      ContentDisposition: headers.contentDisposition,
      Metadata: headers.metadata,
      CacheControl: headers.options.cacheControl,
      ServerSideEncryption: headers.options.serverSideEncryption,
      Tagging: 'of=a%20page',
    })
    const url = await getSignedUrl(theirs, command, {
      expiresIn: 900,
      signableHeaders: new Set(['content-type', 'cache-control']),
      unhoistableHeaders: new Set(['x-amz-meta-partway-id', 'x-amz-meta-album', 'x-amz-tagging']),
    })
    expect(put.url).toBe(url)
    expect(new URL(put.url).searchParams.get('X-Amz-SignedHeaders')).toBe(
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
    const form = await ours.signForm({ bucket, key }, described, bounds)
    const expected = await createPresignedPost(theirs, {
      Bucket: bucket,
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
    expect(form).toEqual({ ...expected, expiresIn: 900 })
  })

  test.each(keys)('the location of %s', async (key) => {
    const location = await ours.locate({ bucket, key })
    const [part] = await ours.signParts({ bucket, key, uploadId: 'u' }, [{ partNumber: 1 }])
    expect(location).toBe(part?.url.split('?')[0])
  })
})

test("an access point is signed for in its own region, not in the client's", async () => {
  const config = { region: 'us-east-1', useArnRegion: true, credentials }
  const upload = { bucket: `arn:aws:s3:eu-west-1:${account}:accesspoint/uploads`, key: 'k', uploadId: 'u' }
  const [part] = await new S3Presigner(new S3Client(config), 900).signParts(upload, [{ partNumber: 1 }])
  const theirs = new S3Client({ ...config, requestChecksumCalculation: 'WHEN_REQUIRED' })
  const command = new UploadPartCommand({ Bucket: upload.bucket, Key: 'k', UploadId: 'u', PartNumber: 1 })
  expect(part?.url).toBe(await getSignedUrl(theirs, command, { expiresIn: 900 }))
  expect(new URL(part?.url ?? '').searchParams.get('X-Amz-Credential')).toContain('/eu-west-1/s3/')
})

test("a signature is good from when S3 says it is, where this machine's clock is wrong", async () => {
  const client = new S3Client({ region: 'eu-west-1', credentials, systemClockOffset: 3_600_000 })
  const object = { bucket: 'media', key: 'k' }
  const described = { contentType: 'image/png', contentDisposition: 'inline', metadata: {}, options: {} }
  const presigner = new S3Presigner(client, 900)
  const put = await presigner.signPut(object, described)
  expect(new URL(put.url).searchParams.get('X-Amz-Date')).toBe('20260304T060607Z')
  const { fields } = await presigner.signForm(object, described, { minBytes: 1, maxBytes: 1 })
  expect(fields['X-Amz-Date']).toBe('20260304T060607Z')
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

// Where else a bucket can be reached, and that what is signed for it is good there.
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Hosts, HostsSchema } from '../../../server/core/src/s3/hosts.js'
import { S3Presigner } from '../../../server/core/src/s3/presign.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const upload = { bucket: 'media', key: 'ü b.png', uploadId: 'u' }
const described = { contentType: 'image/png', contentDisposition: 'inline', metadata: {}, options: {} }

function presignerFor(hosts: Hosts, config: S3ClientConfig = { region: 'eu-west-1' }): S3Presigner {
  return new S3Presigner(new S3Client({ credentials, ...config }), 900, hosts)
}

async function addresses(hosts: Hosts, config?: S3ClientConfig, bucket = 'media'): Promise<string[]> {
  const signed = await presignerFor(hosts, config).signForm({ bucket, key: 'k' }, described, {
    minBytes: 1,
    maxBytes: 1,
  })
  return [signed.url, ...(signed.alternatives ?? [])]
}

describe("'aws'", () => {
  const all = [
    'https://media.s3.eu-west-1.amazonaws.com/',
    'https://media.s3.dualstack.eu-west-1.amazonaws.com/',
    'https://s3.eu-west-1.amazonaws.com/media',
    'https://s3.dualstack.eu-west-1.amazonaws.com/media',
  ]

  test.each<[string, S3ClientConfig]>([
    ['virtual-hosted', {}],
    ['path style', { forcePathStyle: true }],
    ['dual stack', { useDualstackEndpoint: true }],
  ])('has four addresses, the own one first: %s', async (_, config) => {
    const found = await addresses('aws', { region: 'eu-west-1', ...config })
    expect([...found].sort()).toEqual([...all].sort())
    expect(found.slice(1)).toEqual(all.filter((address) => address !== found[0]))
  })

  test('of a bucket with a dot in its name: certificates hold for those with it in the path only', async () => {
    expect(await addresses('aws', { region: 'eu-west-1' }, 'my.media')).toEqual([
      'https://s3.eu-west-1.amazonaws.com/my.media',
      'https://s3.dualstack.eu-west-1.amazonaws.com/my.media',
    ])
  })

  test('in China', async () => {
    const found = await addresses('aws', { region: 'cn-north-1' })
    expect(found[1]).toBe('https://media.s3.dualstack.cn-north-1.amazonaws.com.cn/')
    expect(found).toHaveLength(4)
  })

  test.each<[string, S3ClientConfig]>([
    ['another store', { region: 'us-east-1', endpoint: 'https://s3.example.com' }],
    ['accelerated', { region: 'eu-west-1', useAccelerateEndpoint: true }],
    ['FIPS', { region: 'us-east-1', useFipsEndpoint: true }],
  ])('finds nothing: %s', async (_, config) => {
    expect(await addresses('aws', config)).toHaveLength(1)
  })
})

test('a part has a URL for each address, and each signature is that of its address', async () => {
  const hosts = ['http://{bucket}.a.example:9000', 'https://b.example/s3/{bucket}']
  const [part] = await presignerFor(hosts).signParts(upload, [{ partNumber: 3, contentLength: 5 }])
  const urls = [part?.url, ...(part?.alternatives ?? [])].map((url) => new URL(url ?? ''))
  expect(urls.map(({ origin, pathname }) => origin + pathname)).toEqual([
    'https://media.s3.eu-west-1.amazonaws.com/%C3%BC%20b.png',
    'http://media.a.example:9000/%C3%BC%20b.png',
    'https://b.example/s3/media/%C3%BC%20b.png',
  ])
  expect(new Set(urls.map(({ searchParams }) => searchParams.get('X-Amz-Signature'))).size).toBe(3)
  // What the other one alone would have signed.
  const own = presignerFor([], {
    region: 'eu-west-1',
    endpoint: 'https://b.example/s3',
    forcePathStyle: true,
  })
  const [expected] = await own.signParts(upload, [{ partNumber: 3, contentLength: 5 }])
  expect(part?.alternatives?.[1]).toBe(expected?.url)
})

test('a PUT has a URL for each address', async () => {
  const put = await presignerFor(['https://b.example/{bucket}']).signPut(upload, described, { size: 5 })
  expect(put.alternatives).toHaveLength(1)
  expect(put.alternatives?.[0]).toMatch(/^https:\/\/b\.example\/media\/%C3%BC%20b\.png\?/)
})

test('the address that the client has anyway is no alternative', async () => {
  const own = 'https://{bucket}.s3.eu-west-1.amazonaws.com'
  expect(await addresses([own])).toHaveLength(1)
})

test.each([
  ['no {bucket}', ['https://s3.example.com']],
  ['{bucket} twice', ['https://{bucket}.example.com/{bucket}']],
  ['no protocol', ['{bucket}.example.com']],
  ['another protocol', ['ftp://{bucket}.example.com']],
  ['a query', ['https://{bucket}.example.com/?a']],
  ['a slash at the end', ['https://{bucket}.example.com/']],
  ['more than seven', Array.from({ length: 8 }, (_, index) => `https://{bucket}.h${index}.example.com`)],
  ['another word', 'all'],
])('an option is refused: %s', (_, hosts) => {
  expect(HostsSchema.safeParse(hosts).error?.issues[0]?.message).toMatch(/\{bucket\}/)
})

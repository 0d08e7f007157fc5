// A doctor that is stopped, or cannot remove what it made: nothing stays, or it is said what.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  answer,
  blackHole,
  loseReply,
  type SeenRequest,
  s3Error,
  startFaultProxy,
} from '../../../support/fault-proxy/index.js'
import { openS3, type S3UnderTest } from '../../../support/s3-under-test.js'
import { listAll } from '../../s3-contents.js'
import { createHealthyBucket, examine, expectFailed, namesOf, stepOf } from './set-up.js'

let s3: S3UnderTest
let bucket: string

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createHealthyBucket(s3)
})
afterAll(async () => {
  await s3.close()
})

describe('stopped by its signal', () => {
  test.for(['endpoint', 's3:PutObject', 's3:ListMultipartUploadParts', 'multipart', 'checksum crc64nvme'])(
    'after %s',
    async (last) => {
      const stop = new AbortController()
      const report = await examine(s3, bucket, {
        signal: stop.signal,
        onStep: ({ name }) => {
          if (name === last) stop.abort()
        },
      })
      expect(report.ok).toBe(false)
      const index = report.steps.findIndex(({ name }) => name === last)
      const later = report.steps.slice(index + 1, -1)
      expect(later.length).toBeGreaterThan(0)
      expect(later.filter(({ state }) => state !== 'skipped')).toEqual([])
      expect(report.steps.at(-1)?.name).toBe('clean-up')
      expect(report.leftBehind).toEqual([])
      expect(await listAll(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
    },
  )

  test('in the middle of the 8 MiB part', async () => {
    const proxy = await startFaultProxy({ target: s3.endpoint })
    onTestFinished(() => proxy.close())
    const stop = new AbortController()
    const isLarge = ({ headers }: SeenRequest) => Number(headers['content-length'] ?? 0) > 1024 ** 2
    const hang = blackHole()
    const action = {
      name: 'stop',
      apply: async (exchange: Parameters<typeof hang.apply>[0]) => {
        stop.abort()
        await hang.apply(exchange)
      },
    }
    proxy.add({ match: isLarge, action })
    const report = await examine(s3, bucket, { endpoint: proxy.origin, signal: stop.signal })
    expect(stepOf(report, 'transfer speed')).toMatchObject({ state: 'skipped', seen: 'stopped' })
    expect(report.leftBehind).toEqual([])
    expect(await listAll(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
  })
})

const isCreate = ({ method, query }: SeenRequest) => method === 'POST' && query.has('uploads')

describe('what cannot be removed is told', () => {
  test('objects and uploads that the store does not let go', async () => {
    const own = await createHealthyBucket(s3)
    const proxy = await startFaultProxy({ target: s3.endpoint })
    onTestFinished(() => proxy.close())
    proxy.add({
      match: ({ method, path }) =>
        method === 'DELETE' && !path.endsWith('/missing') && !path.endsWith('/aborted'),
      action: s3Error(403, 'AccessDenied'),
    })
    const report = await examine(s3, own, { endpoint: proxy.origin })
    const { objects, uploads } = await listAll(s3.client, own)
    expect(objects.length).toBeGreaterThan(0)
    expect(uploads.length).toBeGreaterThan(0)
    expect(report.leftBehind).toEqual(expect.arrayContaining([...objects, ...uploads]))
    expectFailed(report, ['journal', 'clean-up'])
    const { fix = '' } = stepOf(report, 'clean-up')
    const [prefix = ''] = /partway-doctor\/[0-9a-f-]{36}\//.exec(fix) ?? []
    expect(objects[0]?.startsWith(prefix)).toBe(true)
  })

  test('an entry of the journal', async () => {
    const own = await createHealthyBucket(s3)
    const proxy = await startFaultProxy({ target: s3.endpoint })
    onTestFinished(() => proxy.close())
    let deletions = 0
    proxy.add({
      // The first, of none that is there, shows that it may be done.
      match: ({ method, path }) => method === 'DELETE' && path.includes('/.partway/') && ++deletions > 1,
      action: s3Error(403, 'AccessDenied'),
    })
    const report = await examine(s3, own, { endpoint: proxy.origin })
    expectFailed(report, ['journal', 'clean-up'])
    const { objects } = await listAll(s3.client, own)
    expect(objects).toEqual([expect.stringMatching(/^\.partway\/partway-doctor\/[0-9a-f-]{36}\/entry$/)])
    expect(report.leftBehind).toEqual(objects)
    expect(stepOf(report, 'clean-up').fix).toContain(
      `below ${objects[0]?.slice(0, -'entry'.length)} of the bucket "${own}"`,
    )
  })

  test('an upload whose creation got no answer is found', async () => {
    const own = await createHealthyBucket(s3)
    const proxy = await startFaultProxy({ target: s3.endpoint })
    onTestFinished(() => proxy.close())
    const lose = answer(500)
    proxy.add({
      match: isCreate,
      action: {
        name: 'create and fail',
        apply: async (exchange) => {
          const { body } = await exchange.forward()
          for await (const _ of body);
          await lose.apply(exchange)
        },
      },
    })
    const report = await examine(s3, own, { endpoint: proxy.origin })
    expect(report.ok).toBe(false)
    expect(report.leftBehind).toEqual([])
    expect(await listAll(s3.client, own)).toEqual({ objects: [], uploads: [] })
  })
  test('an upload whose creation got no answer, where uploads may not be listed', async () => {
    const own = await createHealthyBucket(s3)
    const proxy = await startFaultProxy({ target: s3.endpoint })
    onTestFinished(() => proxy.close())
    proxy.add({ match: isCreate, action: loseReply() })
    proxy.add({
      match: ({ method, query }) => method === 'GET' && query.has('uploads'),
      action: s3Error(403, 'AccessDenied'),
    })
    const report = await examine(s3, own, { endpoint: proxy.origin })
    const { objects, uploads } = await listAll(s3.client, own)
    expect(objects).toEqual([])
    expect(uploads.length).toBeGreaterThan(0)
    expect(report.leftBehind).toEqual([...new Set(uploads)])
    expect(namesOf(report, 'failed')).toContain('clean-up')
  })
})

test('a function of the host that throws: nothing stays', async () => {
  const onStep = ({ name }: { name: string }) => {
    if (name === 'multipart') throw new Error('from the host')
  }
  await expect(examine(s3, bucket, { onStep })).rejects.toThrow('from the host')
  expect(await listAll(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
})

test('all that is made is below the prefix, and below that of the journal', async () => {
  const proxy = await startFaultProxy({ target: s3.endpoint })
  onTestFinished(() => proxy.close())
  const report = await examine(s3, bucket, { endpoint: proxy.origin, prefix: 'uploads/' })
  expect(report.ok).toBe(true)
  const made = proxy.requests.filter(
    ({ method, path }) =>
      ['PUT', 'POST', 'DELETE'].includes(method) && path !== `/${bucket}/` && path !== `/${bucket}`,
  )
  expect(made.length).toBeGreaterThan(20)
  const places = ['uploads/', '.partway/'].map((prefix) => `/${bucket}/${prefix}partway-doctor/`)
  expect(made.filter(({ path }) => !places.some((place) => path.startsWith(place)))).toEqual([])
})

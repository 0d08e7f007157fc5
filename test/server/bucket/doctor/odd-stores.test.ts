// Stores that do less, or other things, than S3: a proxy in front of a real one changes what it answers.

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Action } from '../../../support/fault-proxy/index.js'
import {
  allowOrigin,
  answer,
  type SeenRequest,
  s3Error,
  startFaultProxy,
} from '../../../support/fault-proxy/index.js'
import { openS3, type S3UnderTest } from '../../../support/s3-under-test.js'
import { listAll } from '../../s3-contents.js'
import { createHealthyBucket, examine, expectFailed, origin, stepOf } from './set-up.js'

let s3: S3UnderTest
let bucket: string

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createHealthyBucket(s3)
})
afterAll(async () => {
  await s3.close()
})

async function examineWith(match: (request: SeenRequest) => boolean, action: Action) {
  const proxy = await startFaultProxy({ target: s3.endpoint })
  onTestFinished(() => proxy.close())
  proxy.add({ match, action })
  const report = await examine(s3, bucket, { endpoint: proxy.origin })
  expect(await listAll(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
  return report
}

const isForm = ({ method, headers }: SeenRequest) =>
  method === 'POST' && (headers['content-type'] ?? '').startsWith('multipart/form-data')
const isSinglePut = ({ method, fromPage, path, query }: SeenRequest) =>
  method === 'PUT' && fromPage && path.includes('/put') && !query.has('uploadId')
const isPart = ({ method, query }: SeenRequest) => method === 'PUT' && query.has('partNumber')
const allowed = { headers: { etag: '"e"' } }

describe('failures', () => {
  test('the length of a PUT is not enforced', async () => {
    const report = await examineWith(isSinglePut, answer(200, allowed))
    expectFailed(report, ['signed length'])
    expect(stepOf(report, 'signed length').seen).toContain('takes a PUT of more bytes than were signed')
  })

  test('the policy of a form is not enforced', async () => {
    const report = await examineWith(isForm, answer(204))
    expectFailed(report, ['POST policy'])
    expect(stepOf(report, 'POST policy').fix).toContain("`singleUpload: 'put'`")
  })

  test('Content-MD5 is ignored', async () => {
    const report = await examineWith(
      (request) => isPart(request) && request.headers['content-md5'] !== undefined,
      answer(200, allowed),
    )
    expectFailed(report, ['checksum md5'])
    expect(stepOf(report, 'checksum md5').fix).toContain("to 'none'")
  })

  test('anybody can read what is uploaded', async () => {
    const report = await examineWith(
      ({ method, headers, query, path }) =>
        method === 'GET' &&
        headers.authorization === undefined &&
        query.size === 0 &&
        path.endsWith('/object'),
      answer(200),
    )
    expectFailed(report, ['public access'])
    expect(stepOf(report, 'public access').seen).toBe('anybody can read what is uploaded')
  })

  test('a proxy takes the CORS header of replies away', async () => {
    const report = await examineWith(
      ({ preflight, fromPage }) => fromPage && !preflight,
      allowOrigin(undefined),
    )
    expectFailed(report, ['form POST', 'PUT'])
    expect(stepOf(report, 'PUT').fix).toContain('let the proxy or CDN in front of the store pass')
  })

  test('large bodies are refused on the way', async () => {
    const report = await examineWith(
      ({ headers }) => Number(headers['content-length'] ?? 0) > 1024 ** 2,
      answer(413),
    )
    expectFailed(report, ['transfer speed'])
    expect(stepOf(report, 'transfer speed').fix).toContain('client_max_body_size')
  })
})

test('a journal whose entries come back otherwise than they were written', async () => {
  const report = await examineWith(
    ({ method, headers, path }) =>
      method === 'GET' && headers.authorization !== undefined && path.includes('/.partway/'),
    answer(200, { body: 'something else' }),
  )
  expectFailed(report, ['journal'])
  expect(stepOf(report, 'journal').seen).toContain('is not read and listed as it was written')
})

describe('what is told and is no failure', () => {
  test('a store without form POST', async () => {
    const report = await examineWith(isForm, s3Error(501, 'NotImplemented'))
    expect(report.ok).toBe(true)
    expect(stepOf(report, 'form POST')).toMatchObject({ state: 'info' })
    expect(stepOf(report, 'form POST').seen).toContain("set the option `singleUpload: 'put'`")
    expect(stepOf(report, 'POST policy').state).toBe('skipped')
  })

  test('a store that refuses a kind of checksum', async () => {
    const report = await examineWith(
      ({ headers }) => headers['x-amz-checksum-algorithm'] === 'CRC64NVME',
      s3Error(501, 'NotImplemented'),
    )
    expect(report.ok).toBe(true)
    expect(stepOf(report, 'checksum crc64nvme')).toMatchObject({ state: 'info' })
    expect(stepOf(report, 'checksum crc64nvme').seen).toContain(
      'an upload with it is refused (501 NotImplemented)',
    )
  })

  const isConditional = ({ method, headers }: SeenRequest) =>
    method === 'PUT' && headers['if-none-match'] !== undefined
  const noOther = 'need not do anything'

  // As OpenStack Swift does.
  test('a store whose PutObject does not know If-None-Match', async () => {
    const report = await examineWith(isConditional, s3Error(501, 'NotImplemented'))
    expect(report.ok).toBe(true)
    expect(stepOf(report, 'journal')).toMatchObject({
      state: 'warning',
      seen: 'PutObject does not take If-None-Match (501 NotImplemented); all else works',
      fix: expect.stringContaining(noOther),
    })
  })

  test('a store whose PutObject ignores If-None-Match', async () => {
    let count = 0
    const report = await examineWith((request) => isConditional(request) && ++count > 1, answer(200, allowed))
    expect(report.ok).toBe(true)
    expect(stepOf(report, 'journal')).toMatchObject({
      state: 'warning',
      seen: 'PutObject ignores If-None-Match; all else works',
      fix: expect.stringContaining(noOther),
    })
  })

  test('a journal that anybody can read', async () => {
    const report = await examineWith(
      ({ method, headers, path }) =>
        method === 'GET' && headers.authorization === undefined && path.includes('/.partway/'),
      answer(200),
    )
    expect(report.ok).toBe(true)
    expect(stepOf(report, 'journal')).toMatchObject({
      state: 'warning',
      seen: expect.stringContaining('anybody can read the entries below .partway/: they are encrypted'),
      fix: expect.stringContaining('block public access'),
    })
  })

  test('a store without lifecycle rules', async () => {
    const report = await examineWith(({ query }) => query.has('lifecycle'), s3Error(501, 'NotImplemented'))
    expect(report.ok).toBe(true)
    expect(stepOf(report, 'lifecycle').seen).toContain(`npx partway sweep --bucket ${bucket} --older-than 7d`)
  })

  test('a store that does not insist on signed headers', async () => {
    const report = await examineWith(
      ({ headers }) => headers['x-amz-copy-source'] !== undefined,
      answer(200, { body: '<CopyPartResult><ETag>"e"</ETag></CopyPartResult>' }),
    )
    expect(report.ok).toBe(true)
    expect(stepOf(report, 'signed headers')).toMatchObject({ state: 'warning' })
    expect(stepOf(report, 'signed headers').fix).toContain('`signingClient`')
  })

  // As Ceph 18 does.
  test('a store that sends more than it said, when it is asked for the block of public access', async () => {
    const proxy = await startFaultProxy({ target: s3.endpoint })
    onTestFinished(() => proxy.close())
    await examine(s3, bucket, { endpoint: proxy.origin })
    const asked = proxy.requests.filter(({ query }) => query.has('publicAccessBlock'))
    expect(asked.map(({ headers }) => headers.connection)).toEqual(['close'])
    const next = proxy.requests.filter(({ connection }) => connection === asked[0]?.connection)
    expect(next.at(-1)).toBe(asked[0])
  })

  test('the origin of the page is asked for as a browser does', async () => {
    const proxy = await startFaultProxy({ target: s3.endpoint })
    onTestFinished(() => proxy.close())
    await examine(s3, bucket, { endpoint: proxy.origin })
    const [asked] = proxy.requests.filter(
      ({ preflight, headers }) => preflight && headers['access-control-request-method'] === 'PUT',
    )
    expect(asked?.headers).toMatchObject({ origin, 'access-control-request-method': 'PUT' })
    expect(asked?.headers['access-control-request-headers']?.split(',')).toContain('content-md5')
  })
})

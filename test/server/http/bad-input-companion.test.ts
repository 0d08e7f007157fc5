// Bad input to the Companion routes: a 4xx with a stable code that names the field, and nothing on S3.
import type { ErrorBody } from '@partway/koa'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { measureless } from '../attacks/odd-values.js'
import { listContents } from '../s3-contents.js'
import { call, type HostApp, post, serveApp, testOptions } from '../serve.js'
import { expectRefusal } from './expect-refusal.js'

let s3: S3UnderTest
let bucket: string
let host: HostApp

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client)
  host = await serveApp(testOptions(s3, bucket))
})
afterAll(async () => {
  await host.close()
  await s3.close()
})
afterEach(async () => {
  expect(host.errors).toEqual([])
  expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
})

const url = (route: string) => `${host.origin}/uploads/${route}`

test.each([
  ['nothing', '', 'filename'],
  ['an empty name', 'filename=', 'filename'],
  ['two names', 'filename=a&filename=b', 'filename'],
  ['a name too long', `filename=${'n'.repeat(1025)}`, 'filename'],
  ['a type that is none', 'filename=a&type=nonsense', 'type'],
  ['two types', 'filename=a&type=a/b&type=a/b', 'type'],
  ['a metadata name of nothing', 'filename=a&metadata[]=1', 'metadata'],
  ['a metadata name with a space', 'filename=a&metadata[a b]=1', 'metadata'],
  ['__proto__', 'filename=a&metadata[__proto__]=1', 'metadata'],
  ['two values', 'filename=a&metadata[a]=1&metadata[a]=2', 'metadata.a'],
])('GET /s3/params: %s', async (_, query, field) => {
  expectRefusal(await call<ErrorBody>(url(`s3/params?${query}`)), field)
})

test.each([
  ['nothing', {}, 'filename'],
  ['an empty name', { filename: '', type: 'a/b' }, 'filename'],
  ['a name of the wrong type', { filename: ['a'], type: 'a/b' }, 'filename'],
  ['a type of the wrong type', { filename: 'a', type: 1 }, 'type'],
  ['a type that is none', { filename: 'a', type: 'nonsense' }, 'type'],
  ['nested metadata', { filename: 'a', type: 'a/b', metadata: { a: {} } }, 'metadata.a'],
  ['metadata as text', { filename: 'a', type: 'a/b', metadata: 'a' }, 'metadata'],
  ['an unknown field', { filename: 'a', type: 'a/b', key: 'mine' }, 'key'],
  ['a name without a length', { filename: measureless }, 'filename'],
  ['metadata without a length', { filename: 'a', metadata: { a: measureless } }, 'metadata.a'],
])('POST /s3/multipart: %s', async (_, body, field) => {
  expectRefusal(await post<ErrorBody>(url('s3/multipart'), body), field)
})

test('everything about an upload that exists', async () => {
  const created = await post<{ key: string; uploadId: string }>(url('s3/multipart'), {
    filename: 'a',
    type: 'a/b',
  })
  const path = url(`s3/multipart/${created.body.uploadId}`)
  const key = `key=${encodeURIComponent(created.body.key)}`
  for (const partNumber of ['0', '-1', '5abc', 'abc', '10001', '1e3', '1.5', '01', '%20', '99999999999']) {
    expectRefusal(await call<ErrorBody>(`${path}/${partNumber}?${key}`), 'partNumber')
  }
  for (const [query, field] of [
    ['', 'partNumbers'],
    ['&partNumbers=', 'partNumbers[0]'],
    ['&partNumbers=1,,2', 'partNumbers[1]'],
    ['&partNumbers=1,5abc', 'partNumbers[1]'],
    ['&partNumbers=1,10001', 'partNumbers[1]'],
    ['&partNumbers=1&partNumbers=2', 'partNumbers'],
    [`&partNumbers=${Array(101).fill('1').join()}`, 'partNumbers'],
    [`&partNumbers=${'1'.repeat(9000)}`, 'partNumbers'],
  ]) {
    expectRefusal(await call<ErrorBody>(`${path}/batch?${key}${query}`), field)
  }
  for (const [parts, field] of [
    [undefined, 'parts'],
    [[], 'parts'],
    ['1', 'parts'],
    [measureless, 'parts'],
    [[{ PartNumber: 1, ETag: measureless }], 'parts[0].ETag'],
    [[{ PartNumber: '1', ETag: 'e' }], 'parts[0].PartNumber'],
    [[{ PartNumber: 0, ETag: 'e' }], 'parts[0].PartNumber'],
    [[{ PartNumber: 1 }], 'parts[0].ETag'],
    [[{ PartNumber: 1, ETag: '' }], 'parts[0].ETag'],
    [[{ PartNumber: 1, ETag: 'e', Size: 5 }], 'parts[0].Size'],
    [Array(10_001).fill({ PartNumber: 1, ETag: 'e' }), 'parts'],
  ] as [unknown, string][]) {
    expectRefusal(await post<ErrorBody>(`${path}/complete?${key}`, { parts }), field)
  }
  for (const query of ['', '?key=a&key=b']) {
    for (const [method, rest] of [
      ['GET', ''],
      ['GET', '/1'],
      ['DELETE', ''],
    ] as const) {
      expectRefusal(await call<ErrorBody>(`${path}${rest}${query}`, { method }), 'key')
    }
  }
  expect(await call(`${path}?${key}`, { method: 'DELETE' })).toMatchObject({ status: 200, body: {} })
})

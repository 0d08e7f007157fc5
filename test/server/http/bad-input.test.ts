// Bad input to the native routes, and bodies and tickets that are none to all of them: a 4xx with a stable code that names the field, never a 500, and nothing on S3.
import type { CreateReply, ErrorBody, Grant } from '@partway/koa'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { measureless } from '../attacks/odd-values.js'
import { listContents } from '../s3-contents.js'
import { call, type HostApp, post, serveApp, testOptions } from '../serve.js'
import { expectRefusal } from './expect-refusal.js'

const MIB = 1024 ** 2
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

const file = { name: 'a.txt', type: 'text/plain', size: 1 }
const withFile = (more: object) => ({ files: [file, { ...file, ...more }] })
const manyKeys = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]))

const nativeBodies: [route: string, what: string, body: unknown, field: string | undefined][] = [
  ['create', 'a list', [], undefined],
  ['create', 'no files', {}, 'files'],
  ['create', 'files of the wrong type', { files: 'a.txt' }, 'files'],
  ['create', 'an empty list', { files: [] }, 'files'],
  ['create', 'too many files', { files: Array(101).fill(file) }, 'files'],
  ['create', 'very many wrong files', { files: Array(200_000).fill(1) }, 'files'],
  ['create', 'an unknown field', { files: [file], acl: 'public-read' }, 'acl'],
  [
    'create',
    'an unknown field with a huge name',
    { files: [file], ['x'.repeat(9e5)]: 1 },
    `${'x'.repeat(100)}…`,
  ],
  ['create', 'a file that is null', { files: [null] }, 'files[0]'],
  ['create', 'no name', withFile({ name: undefined }), 'files[1].name'],
  ['create', 'an empty name', withFile({ name: '' }), 'files[1].name'],
  ['create', 'a name of the wrong type', withFile({ name: 7 }), 'files[1].name'],
  ['create', 'a name too long', withFile({ name: 'n'.repeat(1025) }), 'files[1].name'],
  ['create', 'a name that is no text', withFile({ name: 'a\uD800' }), 'files[1].name'],
  ['create', 'no type', withFile({ type: undefined }), 'files[1].type'],
  ['create', 'a type of the wrong type', withFile({ type: null }), 'files[1].type'],
  ['create', 'a type too long', withFile({ type: `a/${'b'.repeat(254)}` }), 'files[1].type'],
  ['create', 'no size', withFile({ size: undefined }), 'files[1].size'],
  ['create', 'a size as text', withFile({ size: '1' }), 'files[1].size'],
  ['create', 'a negative size', withFile({ size: -1 }), 'files[1].size'],
  ['create', 'half a byte', withFile({ size: 1.5 }), 'files[1].size'],
  ['create', 'a size over the limit of S3', withFile({ size: 10_000 * 5 * 1024 ** 3 + 1 }), 'files[1].size'],
  ['create', 'an unsafe size', withFile({ size: 2 ** 60 }), 'files[1].size'],
  ['create', 'an unknown field of a file', withFile({ key: 'mine' }), 'files[1].key'],
  ['create', 'metadata that is a list', withFile({ metadata: [] }), 'files[1].metadata'],
  ['create', 'metadata that is null', withFile({ metadata: null }), 'files[1].metadata'],
  ['create', 'metadata of numbers', withFile({ metadata: { a: 1 } }), 'files[1].metadata.a'],
  ['create', 'too much metadata', withFile({ metadata: manyKeys(50_000, 1) }), 'files[1].metadata'],
  [
    'create',
    'a metadata value too long',
    withFile({ metadata: { a: 'x'.repeat(2049) } }),
    'files[1].metadata.a',
  ],
  ...['browser', 'idempotencyKey'].flatMap((field): typeof nativeBodies =>
    [
      null,
      7,
      '',
      'a'.repeat(15),
      'a'.repeat(65),
      `${'a'.repeat(16)}/`,
      `${'a'.repeat(16)}\n`,
      ['a'.repeat(16)],
    ].flatMap((value): typeof nativeBodies => [
      field === 'browser'
        ? ['create', `${field}: ${JSON.stringify(value)}`, { files: [file], browser: value }, field]
        : ['create', `${field}: ${JSON.stringify(value)}`, withFile({ [field]: value }), `files[1].${field}`],
      ['unfinished', `${field}: ${JSON.stringify(value)}`, { [field]: value }, field],
    ]),
  ),
  ...[null, 7, '', 'a'.repeat(65)].map((owner): (typeof nativeBodies)[number] => [
    'create',
    `owner: ${JSON.stringify(owner)}`,
    withFile({ owner }),
    'files[1].owner',
  ]),
  ...['id', 'after'].flatMap((field) =>
    [null, 7, '', 'm-short', `s-${'a'.repeat(45)}`, `../${'a'.repeat(44)}`, `m-${'a'.repeat(44)}/`].map(
      (value): (typeof nativeBodies)[number] => [
        'unfinished',
        `${field}: ${JSON.stringify(value)}`,
        { [field]: value },
        field,
      ],
    ),
  ),
  ['unfinished', 'an unknown field', { owner: 'ada' }, 'owner'],
  ['sign', 'nothing', {}, 'ticket'],
  ['sign', 'no parts', { ticket: 'a' }, 'parts'],
  ['sign', 'an empty list', { ticket: 'a', parts: [] }, 'parts'],
  ['sign', 'too many parts', { ticket: 'a', parts: Array(101).fill({ partNumber: 1 }) }, 'parts'],
  ['sign', 'a bare number', { ticket: 'a', parts: [1] }, 'parts[0]'],
  ['sign', 'part 0', { ticket: 'a', parts: [{ partNumber: 0 }] }, 'parts[0].partNumber'],
  ['sign', 'part -1', { ticket: 'a', parts: [{ partNumber: -1 }] }, 'parts[0].partNumber'],
  ['sign', 'part 10,001', { ticket: 'a', parts: [{ partNumber: 10_001 }] }, 'parts[0].partNumber'],
  ['sign', 'part "5abc"', { ticket: 'a', parts: [{ partNumber: '5abc' }] }, 'parts[0].partNumber'],
  ['sign', 'part 1.5', { ticket: 'a', parts: [{ partNumber: 1.5 }] }, 'parts[0].partNumber'],
  [
    'sign',
    'a checksum too long',
    { ticket: 'a', parts: [{ partNumber: 1, checksum: 'A'.repeat(45) }] },
    'parts[0].checksum',
  ],
  ['complete', 'a checksum that is none', { tickets: ['a'], checksum: 1 }, 'checksum'],
  ['sign', 'an unknown field', { ticket: 'a', parts: [{ partNumber: 1, url: 'x' }] }, 'parts[0].url'],
  ['sign', 'a ticket of the wrong type', { ticket: {}, parts: [{ partNumber: 1 }] }, 'ticket'],
  ['sign', 'a ticket too long', { ticket: 'a'.repeat(4097), parts: [{ partNumber: 1 }] }, 'ticket'],
  ['parts', 'nothing', {}, 'ticket'],
  ['parts', 'an empty ticket', { ticket: '' }, 'ticket'],
  ['parts', 'an unknown field', { ticket: 'a', page: 2 }, 'page'],
  ['parts', 'a number for a yes or no', { ticket: 'a', sign: 1 }, 'sign'],
  ...['complete', 'abort'].flatMap((route): typeof nativeBodies => [
    [route, 'nothing', {}, 'tickets'],
    [route, 'a ticket alone', { ticket: 'a' }, 'tickets'],
    [route, 'an empty list', { tickets: [] }, 'tickets'],
    [route, 'too many', { tickets: Array(101).fill('a') }, 'tickets'],
    [route, 'a number', { tickets: [1] }, 'tickets[0]'],
    [route, 'a ticket too long', { tickets: ['a'.repeat(4097)] }, 'tickets[0]'],
    [route, 'an unknown field', { tickets: ['a'], force: true }, 'force'],
  ]),
  ['create', 'files without a length', { files: measureless }, 'files'],
  ['create', 'a name without a length', withFile({ name: measureless }), 'files[1].name'],
  ['create', 'a type without a length', withFile({ type: measureless }), 'files[1].type'],
  [
    'create',
    'an idempotency key without a length',
    withFile({ idempotencyKey: measureless }),
    'files[1].idempotencyKey',
  ],
  ['create', 'metadata without a length', withFile({ metadata: { a: measureless } }), 'files[1].metadata.a'],
  ['sign', 'a ticket without a length', { ticket: measureless, parts: [{ partNumber: 1 }] }, 'ticket'],
  ['sign', 'parts without a length', { ticket: 'a', parts: measureless }, 'parts'],
  [
    'sign',
    'a checksum without a length',
    { ticket: 'a', parts: [{ partNumber: 1, checksum: measureless }] },
    'parts[0].checksum',
  ],
  ['complete', 'tickets without a length', { tickets: measureless }, 'tickets'],
  ['complete', 'a checksum without a length', { tickets: ['a'], checksum: measureless }, 'checksum'],
  ['abort', 'a ticket without a length', { tickets: [measureless] }, 'tickets[0]'],
]

test.each(nativeBodies)('POST /%s: %s', async (route, _, body, field) => {
  expectRefusal(await post<ErrorBody>(url(route), body), field)
})

// Read by the operation, so that one such file does not refuse the others.
test.each([
  ['a type that is none', { type: 'nonsense' }, 'invalid_request', 'type'],
  ['a type with a line break', { type: 'text/plain\r\nx-amz-acl: public-read' }, 'invalid_request', 'type'],
  ['a metadata name with a space', { metadata: { 'a b': '1' } }, 'invalid_request', 'metadata'],
  ['a metadata name too long', { metadata: { ['a'.repeat(65)]: '1' } }, 'invalid_request', 'metadata'],
  ['metadata names that S3 takes for one', { metadata: { a: '1', A: '2' } }, 'invalid_request', 'metadata'],
  ['reserved metadata', { metadata: { 'Partway-Id': '1' } }, 'invalid_request', 'metadata'],
  ['over 2 KB of metadata', { metadata: manyKeys(20, 'x'.repeat(100)) }, 'metadata_too_large', 'metadata'],
])('POST /create: %s', async (_, more, code, field) => {
  const { status, body } = await post<CreateReply>(url('create'), { files: [{ ...file, ...more }] })
  expect(status).toBe(200)
  expect(body.uploads).toMatchObject([{ code, status: 400, field: `files[0].${field}` }])
})

const jsonRoutes = ['create', 'sign', 'parts', 'complete', 'abort', 'unfinished', 's3/multipart']

describe.each(jsonRoutes)('POST /%s', (route) => {
  test.each([
    ['broken JSON', '{"files": [', 400, 'invalid_json'],
    ['a JSON number', '5', 400, 'invalid_json'],
    ['__proto__', '{"__proto__": {"files": []}}', 400, 'invalid_json'],
    ['constructor.prototype', '{"constructor": {"prototype": {}}}', 400, /invalid_(json|request)/],
    ['over 1 MiB', `{"a": "${'x'.repeat(MIB)}"}`, 413, 'body_too_large'],
  ])('%s', async (_, text, status, code) => {
    const answer = await post<ErrorBody>(url(route), text)
    expect(answer).toMatchObject({ status, body: { status, error: expect.any(String) } })
    expect(answer.body.code).toMatch(code)
  })

  test('a stream of over 1 MiB without a length', async () => {
    const chunk = new TextEncoder().encode(' '.repeat(64 * 1024))
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        if (++sent > 40) controller.close()
        else controller.enqueue(chunk)
      },
    })
    const headers = { 'content-type': 'application/json', 'x-user': 'ada' }
    const response = await fetch(url(route), { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
    expect([response.status, await response.json()]).toMatchObject([413, { code: 'body_too_large' }])
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'json',
    '',
  ])('content type %j', async (type) => {
    const answer = await post<ErrorBody>(url(route), '{}', { 'content-type': type })
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
  })

  test.each(['gzip', 'unknown'])('content encoding %s', async (encoding) => {
    const answer = await post<ErrorBody>(url(route), '{}', { 'content-encoding': encoding })
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
  })

  test('not signed in', async () => {
    const answer = await post<ErrorBody>(url(route), 'not read at all', { 'x-user': '' })
    expect(answer).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
  })
})

// Without one, `/unfinished` is asked for all.
test.each(jsonRoutes.filter((route) => route !== 'unfinished'))('POST /%s: no body', async (route) => {
  expect(await post(url(route), '')).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
})

describe('tickets that are none', () => {
  const junk = ['a', 'a.b.c', '..', 'null', 'a'.repeat(4096), 'ü', '\u0000']
  test.each(junk)('%j', async (ticket) => {
    const invalid = { code: 'ticket_invalid', status: 403 }
    expect(await post(url('sign'), { ticket, parts: [{ partNumber: 1 }] })).toMatchObject({
      status: 403,
      body: invalid,
    })
    expect(await post(url('parts'), { ticket })).toMatchObject({ status: 403, body: invalid })
    expect(await post(url('complete'), { tickets: [ticket] })).toMatchObject({ body: { uploads: [invalid] } })
    expect(await post(url('abort'), { tickets: [ticket] })).toMatchObject({ body: { uploads: [invalid] } })
    if (ticket === '..') return
    const path = url(`s3/multipart/${encodeURIComponent(ticket)}`)
    const parts = [{ PartNumber: 1, ETag: 'e' }]
    for (const [method, rest, query] of [
      ['GET', '', ''],
      ['GET', '/1', ''],
      ['GET', '/batch', '&partNumbers=1'],
      ['DELETE', '', ''],
    ]) {
      expect(await call(`${path}${rest}?key=k${query}`, { method: method as string })).toMatchObject({
        body: invalid,
      })
    }
    expect(await post(`${path}/complete?key=k`, { parts })).toMatchObject({ status: 403, body: invalid })
  })
})

describe('parts beyond the plan', () => {
  test.each([
    [[1, 2, 4], 'parts[2].partNumber'],
    [[3, 10_000], 'parts[1].partNumber'],
    [[2, 1, 2], 'parts[2].partNumber'],
  ])('%j of 3', async (numbers, field) => {
    const created = await post<CreateReply>(url('create'), { files: [{ ...file, size: 15 * MIB }] })
    const [{ ticket }] = created.body.uploads as [Grant]
    const parts = numbers.map((partNumber) => ({ partNumber }))
    expectRefusal(await post<ErrorBody>(url('sign'), { ticket, parts }), field)
    await post(url('abort'), { tickets: [ticket] })
  })
})

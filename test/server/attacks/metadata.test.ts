// Content types and metadata that try to be other headers, or more than S3 keeps: they arrive as they are, or are refused.
import type { CompletedObject, ErrorBody, FileRequest, Grant } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { multipart, openApp, sendAll, sendForm } from '../native-client.js'
import { listContents } from '../s3-contents.js'
import { companion } from './companion-client.js'
import { describeObject } from './describe-object.js'

let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

/** How a file fares by form and in parts: refused, or what S3 and the host have of it in the end. */
async function upload(more: Partial<FileRequest>) {
  const outcomes = []
  for (const multipartThreshold of [0, 1]) {
    const told: CompletedObject[] = []
    const { bucket, host, create, complete } = await openApp(s3, {
      multipartThreshold,
      onComplete: (object) => void told.push(object),
    })
    const [grant] = (await create({ name: 'a.txt', type: '', size: 1, ...more })) as [Grant & ErrorBody]
    if (grant.code === undefined) {
      if (grant.kind === 'form') expect(await sendForm(grant, Buffer.from('x'))).toBe(204)
      else await sendAll(Buffer.from('x'), multipart(grant))
      expect(await complete(grant.ticket)).toMatchObject([{ size: 1 }])
      const object = await describeObject(s3.client, bucket, grant.key)
      outcomes.push({ object, host: told[0] })
    } else {
      expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
      outcomes.push({ refusal: grant })
    }
    expect(host.errors).toEqual([])
    await host.close()
  }
  return outcomes
}

const allowed = ['ContentLength', 'ContentType', 'ContentDisposition', 'metadata', 'hasOwnId']

describe('content types', () => {
  test.each([
    'text/html\r\nx-amz-acl: public-read',
    'text/html\nx-amz-meta-owner: root',
    'text/html\r',
    '\ttext/html',
    ' text/html',
    'text/html ',
    'text/html;\tcharset=utf-8',
    'text/html\u0000',
    'text/html\u0085',
    'text/htmlé',
    'text/html, text/plain',
    'text',
    '/',
    'a/b/c',
    'a/b;',
    'a/b; c',
    'a/b; c=',
    'a/b; c="d',
    'a/b; c="d\\"e"',
    'a/b; c="\r\n"',
    'a/b; c="é"',
    '\uD800/x',
    '$'.concat('{filename}'),
  ])('%j is refused', async (type) => {
    for (const { refusal } of await upload({ type })) {
      expect(refusal).toMatchObject({ code: 'invalid_request', status: 400, field: 'files[0].type' })
    }
  })

  test.each([
    '*/*',
    'TEXT/HTML;Charset="x  y"',
    'multipart/form-data; boundary=x',
    'a/b; c="d, e; f=g"; h=i',
    `a/${'b'.repeat(253)}`,
    "!#$%&'*+.^_`|~-/x",
  ])('%j arrives as it is, and sets nothing else', async (type) => {
    for (const { object } of await upload({ type })) {
      expect(object).toMatchObject({ ContentType: type, metadata: {}, hasOwnId: true })
      expect(Object.keys(object ?? {}).filter((name) => !allowed.includes(name))).toEqual([])
    }
  })
})

describe('metadata values', () => {
  test.each([
    'a\r\nx-amz-acl: public-read',
    'a\r\n\r\nbody',
    'a\nb',
    'a\u0000b',
    'a\tb',
    ' a ',
    'a  b',
    'a, b; c="d\\e"',
    '=?UTF-8?B?ZXZpbA==?=',
    '=?UTF-8?Q?evil?=',
    '=?',
    'a =?UTF-8?B?ZXZpbA==?=',
    '\u2060=?UTF-8?B?ZXZpbA==?=',
    'é',
    '\u202Eb\u200Ba',
    '😀',
    '\uFFFD',
    '<x/>]]>&amp;',
    '%0d%0ax-amz-acl:%20public-read',
    'x'.repeat(1998),
  ])('%j reaches S3 as printable ASCII and the host as it was sent', async (value) => {
    for (const outcome of await upload({ metadata: { kept: value } })) {
      expect(outcome.object?.metadata).toEqual({ kept: expect.stringMatching(/^[!-~](?:[ -~]*[!-~])?$/) })
      expect(outcome.host?.metadata).toEqual({ kept: value })
      expect(Object.keys(outcome.object ?? {}).filter((name) => !allowed.includes(name))).toEqual([])
    }
  })

  test.each([
    ['a lone surrogate', { kept: '\uD800' }, 'invalid_request'],
    ['2,049 characters', { kept: 'x'.repeat(2049) }, 'invalid_request'],
    ['1,999 bytes under a name of 4', { kept: 'x'.repeat(1999) }, 'metadata_too_large'],
    ['1,500 bytes that grow to over 2 KB', { kept: 'ä'.repeat(750) }, 'metadata_too_large'],
  ])('%s is refused', async (_, metadata, code) => {
    const { bucket, host } = await openApp(s3)
    const native = await fetch(`${host.origin}/uploads/create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user': 'ada' },
      body: JSON.stringify({ files: [{ name: 'a', type: '', size: 1, metadata }] }),
    })
    const body = (await native.json()) as Partial<ErrorBody> & { uploads?: ErrorBody[] }
    expect(body.uploads?.[0] ?? body).toMatchObject({ code, status: 400 })
    expect(await companion(host).create({ filename: 'a', metadata })).toMatchObject({ code, status: 400 })
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
    await host.close()
  })
})

describe('metadata names', () => {
  test.each([
    'partway-id',
    'Partway-Id',
    'PARTWAY-ID',
    'partway-',
    'partway-anything',
    'a b',
    'a:b',
    'a\r\nb',
    'a\u0000b',
    'ä',
    'a.b',
    'a/b',
    '',
    'n'.repeat(65),
  ])('%j is refused', async (name) => {
    for (const { refusal } of await upload({ metadata: { [name]: 'x' } })) {
      expect(refusal).toMatchObject({ code: 'invalid_request', status: 400, field: 'files[0].metadata' })
    }
  })

  test('of other headers and of JavaScript are names like any other', async () => {
    const metadata = Object.fromEntries(
      ['x-amz-acl', 'content-type', 'partway_id', 'constructor', 'prototype', 'tostring', 'valueof', 'tojson']
        .concat(['hasownproperty', '-', '_', '0', 'n'.repeat(64)])
        .map((name) => [name, `value of ${name}`]),
    )
    for (const outcome of await upload({ metadata })) {
      expect(outcome.object).toMatchObject({
        ContentType: 'application/octet-stream',
        metadata,
        hasOwnId: true,
      })
      expect(outcome.host?.metadata).toEqual(metadata)
    }
  })

  test('64 are kept and 65 refused', async () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'x']))
    for (const { object } of await upload({ metadata: many(64) })) expect(object?.metadata).toEqual(many(64))
    const { host } = await openApp(s3)
    expect(await companion(host).create({ filename: 'a', metadata: many(65) })).toMatchObject({
      code: 'invalid_request',
      field: 'metadata',
    })
    await host.close()
  })
})

// What is in a file decides, not what the page says: on real objects.
import { randomBytes } from 'node:crypto'
import {
  type ErrorBody,
  type FileRequest,
  PartwayError,
  type PartwayOptions,
  type Refusal,
  type UploadedObject,
} from '@partway/koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { multipart, openApp, sendAll, sendForm } from '../native-client.js'
import { listContents } from '../s3-contents.js'
import { call } from '../serve.js'

let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

const png = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'),
  Buffer.from('000023284944415401', 'hex'),
  randomBytes(9003),
])
const exe = Buffer.concat([Buffer.from('MZ'), randomBytes(5000)])

async function upload(options: Partial<PartwayOptions>, type: string, bytes: Buffer) {
  const completed: UploadedObject[] = []
  const app = await openApp(s3, { onComplete: (object) => void completed.push(object), ...options })
  const file: FileRequest = { name: 'a', type, size: bytes.length }
  const [grant] = await app.create(file)
  if (grant?.kind === 'form') await sendForm(grant, bytes)
  else await sendAll(bytes, multipart(grant))
  const [outcome] = await app.complete(grant?.ticket ?? '')
  const again = await app.complete(grant?.ticket ?? '')
  const { objects } = await listContents(s3.client, app.bucket)
  await app.host.close()
  return {
    outcome,
    again: again[0],
    objects: objects.length,
    completed: completed.length,
    errors: app.host.errors,
  }
}

test.each([
  ['image/png', png],
  ['', exe],
  ['text/plain', Buffer.from('hello')],
  ['', Buffer.alloc(0)],
])('content that fits %j stays', async (type, bytes) => {
  const { outcome, objects, completed } = await upload({ verifyContent: true }, type, bytes)
  expect(outcome).toMatchObject({ size: bytes.length })
  expect([objects, completed]).toEqual([1, 2])
})

test.each([
  ['image/png', exe, 'application/x-msdownload'],
  ['image/jpeg', png, 'image/png'],
  ['image/png', Buffer.from('hello'), 'something else'],
  ['text/plain', exe, 'application/x-msdownload'],
])('content that is not %s is deleted, and the host never hears of it', async (type, bytes, found) => {
  const { outcome, again, objects, completed } = await upload({ verifyContent: true }, type, bytes)
  expect(outcome).toMatchObject({
    code: 'content_mismatch',
    status: 422,
    error: `The file was sent as ${type}, but its content is ${found}. It was deleted. Send a file of the right type.`,
  })
  expect(again).toMatchObject({ code: 'upload_gone' })
  expect([objects, completed]).toEqual([0, 0])
})

describe('a wildcard in limits.types', () => {
  const script = Buffer.from('#!/bin/sh\n')
  const options = { verifyContent: true, limits: { types: ['image/*', 'image/x-listed'] } }

  test.each(['image/abc', 'image/wmf', 'image/abc+xml', 'image/abc+zip'])(
    'does not allow %s',
    async (type) => {
      const { bucket, host, create } = await openApp(s3, options)
      const error = `The file has the type ${type}, whose content cannot be checked. Allowed: image/*, image/x-listed.`
      const file = { name: 'a', type, size: script.length }
      expect(await create(file)).toMatchObject([{ code: 'type_not_allowed', field: 'files[0].type', error }])
      expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
      await host.close()
    },
  )

  test.each(['image/svg+xml', 'image/png', 'image/x-listed'])('lets no script in as %s', async (type) => {
    const { outcome, objects, completed } = await upload(options, type, script)
    expect(outcome).toMatchObject({ code: 'content_mismatch' })
    expect([objects, completed]).toEqual([0, 0])
  })

  test.each([
    ['image/png', png],
    ['image/svg+xml', Buffer.from('<svg/>')],
    // The host allows it by name, and nothing tells what it should be.
    ['image/x-listed', Buffer.alloc(100, 1)],
  ])('lets %s in', async (type, bytes) => {
    const { outcome, objects } = await upload(options, type, bytes)
    expect(outcome).toMatchObject({ size: bytes.length })
    expect(objects).toBe(1)
  })
})

test("the host's own check sees the object and its first bytes", async () => {
  let seen: [UploadedObject, Uint8Array] | undefined
  const onVerify = (object: UploadedObject, head: Uint8Array) => {
    seen = [object, head]
    return true
  }
  const { outcome } = await upload({ onVerify }, 'image/png', png)
  expect(outcome).toMatchObject({ size: png.length })
  expect(seen?.[0]).toMatchObject({ owner: 'ada', size: png.length, type: 'image/png', etag: outcome?.etag })
  expect(Buffer.from(seen?.[1] ?? []).equals(png.subarray(0, 4100))).toBe(true)
})

test.each<[false | Refusal, message: string, code?: string, status?: number]>([
  [false, 'The content of this file is refused.'],
  [{ refuse: 'There is a virus in it.' }, 'There is a virus in it.'],
  [{ refuse: 'Pay.', status: 402, code: 'payment_required' }, 'Pay.', 'payment_required', 402],
  [{ refuse: 'Not here.', status: 451 }, 'Not here.', 'content_refused', 451],
])('it refuses by %o', async (verdict, message, code = 'content_refused', status = 422) => {
  const { outcome, objects, completed } = await upload({ onVerify: async () => verdict }, '', exe)
  expect(outcome).toMatchObject({ code, status, error: message, deleted: true })
  expect([objects, completed]).toEqual([0, 0])
})

const refused = { refuse: 'No.' }
test.each<unknown>([
  ...[
    undefined,
    null,
    'no',
    'yes',
    1,
    0,
    {},
    [],
    [true],
    new Error('no'),
    { refuse: undefined },
    { refuse: false },
  ],
  ...[{ allowed: true }, Object.create(refused), new Proxy(refused, {}), { ...refused, status: 500 }],
  ...[
    { ...refused, code: 'upload_gone' },
    { ...refused, object: 1 },
  ],
  () => Promise.reject(new Error('scanner down')),
  // An error, and no answer: else the page would hear of a deletion that has not been.
  () => Promise.reject(new PartwayError('content_refused', 'No.')),
])('%o decides nothing: the object waits for the next call', async (answer) => {
  const { outcome, again, objects, completed, errors } = await upload(
    { onVerify: () => (typeof answer === 'function' ? answer() : answer) },
    '',
    exe,
  )
  expect([outcome, again]).toMatchObject([{ code: 'hook_failed' }, { code: 'hook_failed' }])
  expect([objects, completed]).toEqual([1, 0])
  expect(errors).toMatchObject([
    { cause: { message: 'partway(): onVerify failed' } },
    { code: 'hook_failed' },
  ])
})

test('what is verified cannot be replaced: even small files go in parts, which no one can send again', async () => {
  const { bucket, host, create, complete } = await openApp(s3, { verifyContent: true })
  const grant = multipart((await create({ name: 'a.png', type: 'image/png', size: png.length }))[0])
  expect(grant.partCount).toBe(1)
  await sendAll(png, grant)
  expect(await complete(grant.ticket)).toMatchObject([{ size: png.length }])
  const [part] = grant.parts
  const again = await fetch(part?.url ?? '', { method: 'PUT', body: randomBytes(png.length) as BodyInit })
  expect(again.status).toBe(404)
  expect((await listContents(s3.client, bucket)).objects).toEqual([grant.key])
  const params = await call<ErrorBody>(`${host.origin}/uploads/s3/params?filename=a&type=`)
  expect(params.body.code).toBe('multipart_required')
  await host.close()
})

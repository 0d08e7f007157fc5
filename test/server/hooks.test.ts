// What the host learns of every upload, and what its hooks decide.
import assert from 'node:assert'
import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import {
  type AbortedUpload,
  type CompletedObject,
  type CreatedUpload,
  type ErrorBody,
  type ErrorInfo,
  type Grant,
  PartwayError,
} from '@partway/koa'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { journalKeys } from '../support/bucket-contents.js'
import { openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { client, multipart, openApp, sendAll, sendForm } from './native-client.js'
import { listContents } from './s3-contents.js'
import { call, post } from './serve.js'

const MIB = 1024 ** 2
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

const film = { name: 'Bär.mp4', type: 'video/mp4', size: 6 * MIB, metadata: { album: 'Ö', n: '1' } }
const requestId = expect.stringMatching(/^[0-9a-f-]{36}$/)
const durationMs = expect.any(Number)

test('each upload is told with its owner, key, size and duration', async () => {
  const created: CreatedUpload[] = []
  const completed: CompletedObject[] = []
  const aborted: AbortedUpload[] = []
  const { bucket, host, create, complete, abort } = await openApp(s3, {
    onCreate: (upload) => created.push(upload),
    onComplete: (object) => completed.push(object),
    onAbort: (upload) => aborted.push(upload),
  })
  const bytes = randomBytes(film.size)
  const [large, small, unwanted] = (await create(film, { ...film, size: 3 }, film)) as [Grant, Grant, Grant]
  await sendAll(bytes, multipart(large))
  await sendForm(small, bytes.subarray(0, 3))
  const done = await complete(large.ticket, small.ticket)
  await abort(unwanted.ticket)

  const told = [large, small, unwanted].map(({ key }) => {
    const { id, owner } = created.find((upload) => upload.key === key) as CreatedUpload
    expect(key).toContain(id)
    return { id, owner, bucket, key }
  })
  expect(told.map(({ owner }) => owner)).toEqual(['ada', 'ada', 'ada'])
  const { name, type, metadata } = film
  expect(created).toHaveLength(3)
  expect(created).toContainEqual({ ...told[0], name, type, metadata, size: film.size, durationMs, requestId })
  expect(completed).toHaveLength(2)
  for (const [index, size] of [film.size, 3].entries()) {
    const { location, etag } = done[index] as CompletedObject & ErrorBody
    expect(completed).toContainEqual({
      ...told[index],
      size,
      etag,
      type,
      metadata,
      location,
      by: 'page',
      durationMs,
      requestId,
    })
  }
  expect(aborted).toEqual([{ ...told[2], size: film.size, reason: 'cancelled', durationMs, requestId }])
  await host.close()
})

describe('onCreate', () => {
  const failed = ['internal_error', 500, 'The server failed here. Try again later.'] as const
  test.each<[string, () => Error, code: string, status: number, message: string]>([
    [
      'its words for the page',
      () => new PartwayError('refused', 'The project is closed.'),
      ...(['refused', 403, 'The project is closed.'] as const),
    ],
    [
      'a code of its own',
      () => new PartwayError('payment_required', 'Pay first.', { status: 402 }),
      ...(['payment_required', 402, 'Pay first.'] as const),
    ],
    [
      'a code of ours with another status',
      () => new PartwayError('upload_gone', '', { status: 402 }),
      ...failed,
    ],
    ['a code without a status', () => new PartwayError('unheard_of' as never, ''), ...failed],
    ['an error', () => new Error('database down'), ...failed],
  ])('that throws %s ends the upload', async (_, makeError, code, status, message) => {
    const onCreate = () => {
      throw makeError()
    }
    const { bucket, host, create } = await openApp(s3, { onCreate, quota: { files: 1 } })
    expect(await create(film)).toMatchObject([{ code, status, error: message }])
    // Nothing is on S3, and nothing counts: the quota of one file is still free.
    expect(await create({ ...film, size: 1 })).toMatchObject([{ code }])
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
    await host.close()
  })
})

describe('onComplete', () => {
  test('returns what reaches the page, also that of a Companion client', async () => {
    const { host, create, complete } = await openApp(s3, {
      onComplete: async ({ size }) => ({ videoId: 7, size: `${size}`, location: 'mine' }),
    })
    const [grant] = (await create({ ...film, size: 0 })) as [Grant]
    await sendForm(grant, new Uint8Array())
    const [done] = await complete(grant.ticket)
    expect(done).toMatchObject({ body: { videoId: 7, size: '0' }, key: grant.key, size: 0 })

    const base = `${host.origin}/uploads/s3/multipart`
    const { body: upload } = await post<{ uploadId: string; key: string }>(base, { filename: 'a' })
    const path = (rest: string) => `${base}/${upload.uploadId}${rest}?key=${encodeURIComponent(upload.key)}`
    const { body: part } = await call<{ url: string }>(path('/1'))
    const sent = await fetch(part.url, { method: 'PUT', body: 'abc' })
    const parts = [{ PartNumber: 1, ETag: sent.headers.get('etag') }]
    const { body } = await post<{ location: string }>(path('/complete'), { parts })
    expect(body).toMatchObject({ videoId: 7, size: '3', key: upload.key })
    expect(body.location).toContain(encodeURI(upload.key))
    await host.close()
  })

  test('that fails fails the call; completing again runs it again', async () => {
    const ids: string[] = []
    const { host, create, complete } = await openApp(s3, {
      onComplete: ({ id }) => {
        if (ids.push(id) < 3) throw new Error('database says hunter2')
      },
    })
    const grant = multipart((await create(film))[0])
    await sendAll(randomBytes(film.size), grant)
    const refusal = {
      code: 'hook_failed',
      status: 500,
      error: expect.stringContaining('Try again in a moment.'),
    }
    const first = await complete(grant.ticket)
    expect(first).toMatchObject([refusal])
    expect(JSON.stringify(first)).not.toContain('hunter2')
    expect(await complete(grant.ticket)).toMatchObject([refusal])
    expect(await complete(grant.ticket)).toMatchObject([{ key: grant.key, size: film.size }])
    expect(new Set(ids).size).toBe(1)
    expect(host.errors).toHaveLength(2)
    expect(host.errors[0]).toMatchObject({ cause: { cause: { message: 'database says hunter2' } } })
    await host.close()
  })

  test('that returns no JSON fails its file alone, and is asked again', async () => {
    let videoId: number | bigint = 7n
    const { bucket, host, create, complete } = await openApp(s3, {
      onComplete: ({ size }) => (size === 1 ? { videoId } : { size }),
    })
    const [first] = (await create({ ...film, size: 1 })) as [Grant]
    const [second] = (await create({ ...film, size: 2 })) as [Grant]
    await sendForm(first, randomBytes(1))
    await sendForm(second, randomBytes(2))
    const other = { key: second.key, body: { size: 2 } }
    expect(await complete(first.ticket, second.ticket)).toMatchObject([{ code: 'hook_failed' }, other])
    expect(await journalKeys(s3.client, bucket)).toHaveLength(1)
    expect(host.errors).toMatchObject([{ cause: { cause: { message: expect.stringContaining('BigInt') } } }])
    videoId = 7
    expect(await complete(first.ticket)).toMatchObject([{ key: first.key, body: { videoId: 7 } }])
    expect(await journalKeys(s3.client, bucket)).toEqual([])
    await host.close()
  })

  test('can have words for the page; the object stays, counts, and is told again by the next call', async () => {
    let isOpen = false
    const { bucket, host, create, complete } = await openApp(s3, {
      quota: { files: 1, unfinished: 1 },
      onComplete: () => {
        if (!isOpen) throw new PartwayError('refused', 'The project is closed.')
      },
    })
    const [grant] = (await create({ ...film, size: 1 })) as [Grant]
    await sendForm(grant, randomBytes(1))
    const [refusal] = await complete(grant.ticket)
    expect(refusal).toMatchObject({ code: 'refused', status: 403, error: 'The project is closed.' })
    expect(refusal).not.toHaveProperty('deleted')
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [grant.key], uploads: [] })
    expect(await create(film)).toMatchObject([{ code: 'quota_exceeded' }])
    isOpen = true
    expect(await complete(grant.ticket)).toMatchObject([{ key: grant.key, size: 1 }])
    await host.close()
  })
})

describe('onError', () => {
  async function openFailing() {
    const told: [unknown, ErrorInfo][] = []
    const app = await openApp(s3, {
      limits: { maxFileSize: 7 * MIB },
      onError: (error, info) => void told.push([error, info]),
    })
    return { ...app, told }
  }

  test('is told every refusal, once, with what is known of it', async () => {
    const { bucket, host, create, parts, complete, told } = await openFailing()
    const grant = multipart((await create(film))[0])
    await create({ ...film, size: 8 * MIB })
    await complete(grant.ticket)
    await client(host, 'eve').parts(grant.ticket)
    await client(host, '').parts(grant.ticket)
    await parts('no ticket')
    const [, owner, id] = /^(ada)\/([^/]+)/.exec(grant.key) ?? []
    expect(told.map(([error, info]) => [(error as PartwayError).code, info])).toEqual([
      ['file_too_large', { operation: 'create.file', owner, size: 8 * MIB, durationMs, requestId }],
      [
        'parts_missing',
        {
          operation: 'complete.file',
          id,
          owner,
          bucket,
          key: grant.key,
          size: film.size,
          durationMs,
          requestId,
        },
      ],
      ['ticket_not_yours', { operation: 'parts', durationMs, requestId }],
      ['not_signed_in', { operation: 'parts', durationMs, requestId }],
      ['ticket_invalid', { operation: 'parts', durationMs, requestId }],
    ])
    await host.close()
  })

  test("gets S3's request id of what S3 refused", async () => {
    const told: ErrorInfo[] = []
    const { host, create } = await openApp(s3, {
      bucket: 'there-is-no-such-bucket',
      onError: (_, info) => void told.push(info),
    })
    expect(await create(film)).toMatchObject([{ code: 'bucket_missing' }])
    expect(told).toMatchObject([{ s3RequestId: expect.stringMatching(/\w/) }])
    await host.close()
  })

  test.each([
    ['an error', new Error('no log'), 'no log'],
    ['a text', 'no log', 'no log'],
    ['nothing', undefined, 'undefined'],
    ['what cannot be shown', { [inspect.custom]: () => assert.fail() }, expect.any(String)],
  ])('that throws %s does not change the reply, and is told to the host', async (_, thrown, message) => {
    const { host, parts } = await openApp(s3, {
      onError: async () => {
        throw thrown
      },
    })
    expect(await parts('no ticket')).toMatchObject({ code: 'ticket_invalid' })
    expect(host.errors).toMatchObject([{ message }])
    await host.close()
  })
})

test('a listener of the host’s errors that throws breaks nothing else', async () => {
  const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  onTestFinished(() => warnings.mockRestore())
  const { host, create } = await openApp(s3, {
    authorize(_, { name }) {
      if (name === 'bad') throw new Error('no rules')
      return true
    },
  })
  host.app.on('error', () => {
    throw new Error('no disk')
  })
  const [good, bad] = await create(film, { ...film, name: 'bad' })
  expect(good).toHaveProperty('key')
  expect(bad).toMatchObject({ code: 'internal_error' })
  expect(warnings.mock.calls.flat()).toMatchObject([{ message: 'no disk' }, { message: 'no rules' }])
  await host.close()
})

describe('request ids', () => {
  test("are in every reply and refusal, and a proxy's is kept if it is harmless", async () => {
    const { host } = await openApp(s3)
    const ask = (headers: Record<string, string>) =>
      post<ErrorBody>(`${host.origin}/uploads/parts`, { ticket: 'x' }, headers)
    const own = await ask({})
    expect(own.body.requestId).toEqual(requestId)
    expect(own.headers.get('x-request-id')).toBe(own.body.requestId)
    expect((await ask({ 'x-request-id': 'lb-1:2.3' })).body.requestId).toBe('lb-1:2.3')
    expect((await ask({ 'x-request-id': 'a b\tlevel=fatal' })).body.requestId).toEqual(requestId)
    expect((await ask({ 'x-request-id': 'x'.repeat(65) })).body.requestId).toEqual(requestId)
    await host.close()
  })
})

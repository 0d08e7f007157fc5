// `GET /health`: who asks is told whether uploads can work, and nothing else.
import { once } from 'node:events'
import type { HealthReply, PartwayOptions } from '@partway/koa'
import { partway } from '@partway/koa'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { delay, editReplyHeaders, startFaultProxy } from '../../support/fault-proxy/index.js'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { call, serve, serveApp, testOptions } from '../serve.js'

let s3: S3UnderTest
let bucket: string

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client)
})
afterAll(async () => {
  await s3.close()
})

async function open(more: Partial<PartwayOptions> = {}) {
  const app = await serveApp(testOptions(s3, bucket, more))
  onTestFinished(() => app.close())
  return { ...app, ask: () => call<HealthReply>(`${app.origin}/uploads/health`, { headers: {} }) }
}

const allOk: HealthReply = { ok: true }

test('all is well: 200 for anybody, not to be kept', async () => {
  const { ask, errors } = await open()
  const { status, headers, body } = await ask()
  expect(status).toBe(200)
  expect(body).toEqual(allOk)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(errors).toEqual([])
})

describe('503 with codes, and the cause for the host alone', () => {
  const secretAccessKey = 'not-the-secret-of-anybody'

  test.for<[what: string, options: () => Partial<PartwayOptions>, code: string]>([
    ['no such bucket', () => ({ bucket: 'nobodys-bucket' }), 'bucket_missing'],
    ['a second bucket that is not there', () => ({ bucket: [bucket, 'nobodys-bucket'] }), 'bucket_missing'],
    [
      'wrong credentials',
      () => ({ credentials: { ...s3.credentials, secretAccessKey } }),
      's3_credentials_rejected',
    ],
    ['no S3', () => ({ endpoint: 'http://127.0.0.1:1' }), 's3_unreachable'],
  ])('%s', async ([, options, code]) => {
    const { ask, errors } = await open(options())
    const { status, body } = await ask()
    expect(status).toBe(503)
    expect(body).toEqual({ ok: false, code })
    expect(errors).toMatchObject([{ code, cause: expect.anything() }])
  })

  test('a clock that is an hour off', async () => {
    const proxy = await startFaultProxy({ target: s3.endpoint })
    onTestFinished(() => proxy.close())
    const later = () => new Date(Date.now() + 3_600_000).toUTCString()
    proxy.add({ match: () => true, action: editReplyHeaders((headers) => headers.set('date', later())) })
    const { ask, errors } = await open({ endpoint: proxy.origin })
    const { status, body } = await ask()
    expect(status).toBe(503)
    expect(body).toEqual({ ok: false, code: 's3_clock_skew' })
    expect(errors).toMatchObject([{ code: 's3_clock_skew' }])
  })

  test('a server that is shutting down', async () => {
    const app = new Koa()
    const uploads = partway(testOptions(s3, bucket))
    const host = await serve(app.use(uploads).callback())
    onTestFinished(() => host.close())
    await uploads.close()
    const { status, body } = await call<HealthReply>(`${host.origin}/uploads/health`)
    expect(status).toBe(503)
    expect(body).toEqual({ ok: false, code: 'shutting_down' })
  })
})

test('any number of callers cost S3 one call, at once and for a while after', async () => {
  const proxy = await startFaultProxy({ target: s3.endpoint })
  onTestFinished(() => proxy.close())
  const asked = new EventTarget()
  const released = once(asked, 'release')
  const began = new Promise<void>((resolve) => {
    const begin = () => {
      resolve()
      return released
    }
    proxy.add({ match: () => true, action: delay(begin) })
  })
  const { ask } = await open({ endpoint: proxy.origin })
  const atOnce = Array.from({ length: 20 }, ask)
  await began
  asked.dispatchEvent(new Event('release'))
  const replies = [...(await Promise.all(atOnce)), await ask()]
  expect(replies.map(({ body }) => body)).toEqual(Array(21).fill(allOk))
  expect(proxy.requests.length).toBe(1)
})

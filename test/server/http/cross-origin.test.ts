// Pages of other sites: what browsers tell of them decides.
import type { CreateReply, ErrorBody } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { openApp } from '../native-client.js'
import { listContents } from '../s3-contents.js'
import { call, post } from '../serve.js'

let s3: S3UnderTest
let app: Awaited<ReturnType<typeof openApp>>
const friend = 'https://www.example.com'

beforeAll(async () => {
  s3 = await openS3()
  app = await openApp(s3, { allowedOrigins: [friend] })
})
afterAll(async () => {
  await app.host.close()
  await s3.close()
})

const files = [{ name: 'a', type: '', size: 9 * 1024 ** 2 }]
const create = (headers: Record<string, string>) =>
  post<CreateReply & ErrorBody>(`${app.host.origin}/uploads/create`, { files }, headers)

describe('is refused, and does nothing:', () => {
  const evil = 'https://evil.example'
  test.each([
    ['another origin', { origin: evil }],
    ['another origin, as the browser says as well', { origin: evil, 'sec-fetch-site': 'cross-site' }],
    ['a sister site', { origin: 'https://x.example.com', 'sec-fetch-site': 'same-site' }],
    ['a page without an origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a page without an origin, in an old browser', { origin: 'null' }],
    ['an image of another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['what only starts like a friend', { origin: `${friend}.evil.example` }],
  ])('%s', async (_, headers) => {
    const { status, body, headers: reply } = await create(headers)
    expect([status, body.code]).toEqual([403, 'origin_refused'])
    expect(reply.get('access-control-allow-origin')).toBeNull()
    for (const route of ['config', 's3/params?filename=a&type=']) {
      const { body } = await call<ErrorBody>(`${app.host.origin}/uploads/${route}`, {
        headers: { 'x-user': 'ada', ...headers },
      })
      expect(body.code).toBe('origin_refused')
    }
    expect((await listContents(s3.client, app.bucket)).uploads).toEqual([])
  })
})

describe('is let in:', () => {
  test.each([
    ['a client that is no browser', {}],
    ['a page of the app', { 'sec-fetch-site': 'same-origin' }],
    ['a page of the app behind a proxy', { origin: 'https://app.example', 'sec-fetch-site': 'same-origin' }],
    ['a friend', { origin: friend, 'sec-fetch-site': 'cross-site' }],
  ])('%s', async (_, headers) => {
    expect((await create(headers)).body.uploads).toMatchObject([{ kind: 'multipart' }])
  })

  test('a page of the app, in an old browser', async () => {
    expect((await create({ origin: app.host.origin })).status).toBe(200)
  })
})

describe('CORS', () => {
  const preflight = (path: string, origin: string) =>
    fetch(`${app.host.origin}/uploads/${path}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,authorization',
      },
    })

  test("a friend's preflight is answered without asking who it is, and cached", async () => {
    for (const path of ['create', 's3/multipart/id/complete']) {
      const { status, headers } = await preflight(path, friend)
      expect(status).toBe(204)
      expect(Object.fromEntries(headers)).toMatchObject({
        'access-control-allow-origin': friend,
        'access-control-allow-credentials': 'true',
        'access-control-allow-headers': 'content-type,authorization',
        'access-control-allow-methods': expect.stringContaining('POST'),
        'access-control-max-age': '7200',
        vary: expect.stringContaining('Origin'),
      })
    }
  })

  test("a stranger's is not", async () => {
    const { headers } = await preflight('create', 'https://evil.example')
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  test('replies and refusals can be read by a friend, with the time to wait and the request id', async () => {
    for (const user of ['ada', '']) {
      const { headers } = await create({ origin: friend, 'x-user': user })
      expect(headers.get('access-control-allow-origin')).toBe(friend)
      expect(headers.get('access-control-allow-credentials')).toBe('true')
      expect(headers.get('access-control-expose-headers')).toBe('Retry-After,X-Request-Id')
    }
  })

  test('caches keep the replies of origins apart, whoever asks', async () => {
    for (const headers of [{ origin: friend }, {}, { origin: 'https://evil.example' }]) {
      expect((await create(headers)).headers.get('vary')).toContain('Origin')
    }
  })

  test("the host's own error reply can be read by a friend, too, and by no stranger", async () => {
    const { host } = await openApp(s3, {
      allowedOrigins: [friend],
      owner() {
        throw Object.assign(new Error('no session store'), { headers: { 'X-Mine': 'kept' } })
      },
    })
    const ask = (origin: string) => fetch(`${host.origin}/uploads/config`, { headers: { origin } })
    const reply = await ask(friend)
    expect([
      reply.status,
      ...['access-control-allow-origin', 'vary', 'x-mine'].map((name) => reply.headers.get(name)),
    ]).toEqual([500, friend, 'Origin', 'kept'])
    expect((await ask(host.origin)).headers.get('access-control-allow-origin')).toBeNull()
    await host.close()
  })

  test('what only looks like a preflight goes on to the host', async () => {
    const asked = { method: 'OPTIONS', headers: { origin: friend } }
    expect((await fetch(`${app.host.origin}/uploads/create`, asked)).status).toBe(404)
  })

  test('without allowedOrigins there is none, and preflights go on to the host', async () => {
    const { host } = await openApp(s3)
    const { status, headers } = await fetch(`${host.origin}/uploads/create`, {
      method: 'OPTIONS',
      headers: { origin: friend, 'access-control-request-method': 'POST' },
    })
    expect(status).toBe(404)
    expect(headers.get('access-control-allow-origin')).toBeNull()
    await host.close()
  })
})

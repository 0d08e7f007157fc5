// One middleware in every kind of host app: each time a real upload starts, and what is not ours goes on.
import { createRequire } from 'node:module'
import { S3Client } from '@aws-sdk/client-s3'
import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import {
  type CreateReply,
  type ErrorBody,
  type Grant,
  type MultipartGrant,
  type PartsReply,
  type PartwayOptions,
  partway,
} from '@partway/koa'
import type Express from 'express'
import type { RequestHandler } from 'express'
import Koa from 'koa'
import mount from 'koa-mount'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { call, post, secrets, serve, testOptions } from './serve.js'

let s3: S3UnderTest
let bucket: string

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client)
})
afterAll(async () => {
  await s3.close()
})

const middleware = (more: Partial<PartwayOptions> = {}) => partway(testOptions(s3, bucket, more))
const files = [{ name: 'a.mp4', type: 'video/mp4', size: 20 * 1024 ** 2 }]

const hosts: Record<string, [path: string, build: (app: Koa) => unknown]> = {
  'at the root': ['/uploads', (app) => app.use(middleware())],
  'under its own path': ['/a/b', (app) => app.use(middleware({ path: '/a/b' }))],
  'without a path': ['', (app) => app.use(middleware({ path: '/' }))],
  'under a path with a parameter': [
    '/tenants/7/uploads',
    (app) =>
      app.use(
        middleware({ path: '/tenants/:tenant/uploads', key: (ctx, { id }) => `${ctx.params.tenant}/${id}` }),
      ),
  ],
  'in a router': ['/uploads', (app) => app.use(new Router().use(middleware()).routes())],
  'in a router, under a path': [
    '/api/uploads',
    (app) => app.use(new Router().use('/api', middleware()).routes()),
  ],
  'in a router with a prefix': [
    '/v1/api/uploads',
    (app) => app.use(new Router({ prefix: '/v1' }).use('/api', middleware()).routes()),
  ],
  'in a router in a router': [
    '/v1/api/uploads',
    (app) => {
      const inner = new Router().use('/api', middleware())
      app.use(new Router().use('/v1', inner.routes()).routes())
    },
  ],
  'as the handler of a wildcard route': [
    '/x/uploads',
    (app) => app.use(new Router().all('/x/{*rest}', middleware({ path: '/x/uploads' })).routes()),
  ],
  'under koa-mount': ['/api/uploads', (app) => app.use(mount('/api', middleware()))],
  'in an app under koa-mount': [
    '/api/uploads',
    (app) => {
      const inner = new Koa()
      inner.use(middleware())
      app.use(mount('/api', inner))
    },
  ],
  'beside @koa/bodyparser': ['/uploads', (app) => app.use(bodyParser()).use(middleware())],
  'behind a router that has its own parameter': [
    '/u/uploads',
    (app) => app.use(new Router().use('/:uploadId', middleware()).routes()),
  ],
}

describe.each(Object.entries(hosts))('%s', (_, [path, build]) => {
  test('uploads start and are refused, and the rest goes on', async () => {
    const app = new Koa()
    build(app)
    app.use((ctx) => {
      ctx.body = `host: ${ctx.method} ${ctx.path}`
    })
    const { origin, close } = await serve(app.callback())
    const created = await post<CreateReply>(`${origin}${path}/create`, { files })
    expect(created.body).toMatchObject({ uploads: [{ kind: 'multipart', partCount: 4 }] })
    expect(created.headers.get('cache-control')).toBe('no-store')
    const [{ ticket }] = created.body.uploads as [MultipartGrant]
    const listed = await post<PartsReply>(`${origin}${path}/parts`, { ticket })
    expect(listed).toMatchObject({ status: 200, body: { parts: [] } })

    const started = await post<{ uploadId: string; key: string }>(`${origin}${path}/s3/multipart`, {
      filename: 'a',
      type: 'a/b',
    })
    const { uploadId, key } = started.body
    const url = `${origin}${path}/s3/multipart/${uploadId}/1?${new URLSearchParams({ key })}`
    expect(await call(url)).toMatchObject({ status: 200, body: { expires: 3600 } })

    const refused = await post<ErrorBody>(`${origin}${path}/create`, { files: [] })
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request', field: 'files' } })
    expect(refused.headers.get('cache-control')).toBe('no-store')
    const unknown = await post(`${origin}${path}/create`, { files }, { 'x-user': '' })
    expect(unknown).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })

    for (const [method, foreign] of [
      ['GET', `${path}/create`],
      ['POST', `${path}/other`],
      ['POST', `/x${path}/create`],
      ['POST', '/elsewhere'],
    ] as const) {
      expect((await call(origin + foreign, { method })).body).not.toHaveProperty('code')
    }
    await close()
  })
})

test("at the root of the site, /health is the host's own; under a path, it is the middleware's", async () => {
  const app = new Koa()
  app.use(middleware({ path: '/' }))
  app.use((ctx) => {
    ctx.body = "the host's"
  })
  const root = await serve(app.callback())
  onTestFinished(root.close)
  expect((await call(`${root.origin}/health`)).body).toBe("the host's")
  const mounted = await serve(new Koa().use(mount('/api', app)).callback())
  onTestFinished(mounted.close)
  expect((await call(`${mounted.origin}/api/health`)).body).toEqual({ ok: true })
})

const rootOf = {
  4: import.meta.resolve('@uppy/companion'),
  5: import.meta.resolve('@partway/example-express/server.js'),
}

describe.each(Object.entries(rootOf))('in Express %s', (_, root) => {
  const express: typeof Express = createRequire(root)('express')
  const eat: RequestHandler = (request, _response, next) => void request.resume().once('end', next)

  async function create(before: RequestHandler[], body: unknown = { files }) {
    const uploads = new Koa()
    uploads.use(middleware({ path: '/' }))
    const app = express()
    for (const handler of before) app.use(handler)
    app.use('/uploads', uploads.callback())
    const { origin, close } = await serve(app)
    const answer = await post<CreateReply & ErrorBody>(`${origin}/uploads/create`, body)
    await close()
    return answer
  }

  test.each<[string, RequestHandler[]]>([
    ['alone', []],
    ['behind a parser of JSON', [express.json()]],
    ['behind a parser that has nothing to do', [express.urlencoded({ extended: false })]],
    ['behind several', [express.urlencoded({ extended: false }), express.json(), express.text()]],
  ])('uploads start %s', async (_, before) => {
    expect((await create(before)).body).toMatchObject({ uploads: [{ kind: 'multipart', partCount: 4 }] })
  })

  const lax = express.json({ strict: false })
  test.each<[string, RequestHandler, unknown, code?: string]>([
    ['null', lax, 'null'],
    ['a list', lax, []],
    ['text', lax, '"files"'],
    ['text of a text parser', express.text({ type: () => true }), { files }],
    ['bytes', express.raw({ type: () => true }), { files }],
    ['nothing that anybody has left', eat, { files }, 'invalid_json'],
  ])('a parsed body that is %s is refused', async (_, before, body, code = 'invalid_request') => {
    expect(await create([before], body)).toMatchObject({ status: 400, body: { code } })
  })
})

test('what is not ours reaches the middleware after it', async () => {
  const app = new Koa()
  app.use(middleware())
  app.use((ctx) => {
    ctx.body = 'the host'
  })
  const { origin, close } = await serve(app.callback())
  for (const path of ['/', '/uploads', '/uploads/create', '/uploads/s3/sts', '/uploads/s3/multipart/a/b/c']) {
    expect((await call(origin + path)).body).toBe('the host')
  }
  expect((await call(`${origin}/uploads/create`, { method: 'OPTIONS' })).body).toBe('the host')
  await close()
})

test('the Companion routes are there only where the host has switched them on, and those of STS by themselves', async () => {
  const app = new Koa()
  app.use(middleware({ companion: undefined as never }))
  app.use(middleware({ path: '/with-sts', companion: false, sts: {} }))
  app.use((ctx) => {
    ctx.body = 'the host'
  })
  const { origin, close } = await serve(app.callback())
  const routes = [
    ...['params?filename=a', 'multipart/t?key=k', 'multipart/t/1?key=k', 'multipart/t/batch?key=k'].map(
      (route) => ['GET', route] as const,
    ),
    ...['multipart', 'multipart/t/complete?key=k'].map((route) => ['POST', route] as const),
    ['DELETE', 'multipart/t?key=k'] as const,
  ]
  for (const [method, route] of routes) {
    for (const path of ['/uploads', '/with-sts']) {
      expect((await call(`${origin}${path}/s3/${route}`, { method })).body).toBe('the host')
    }
  }
  expect((await call(`${origin}/uploads/s3/sts`)).body).toBe('the host')
  expect(await call(`${origin}/with-sts/s3/sts`, { headers: {} })).toMatchObject({ status: 401 })
  await close()
})

test('two in one app keep their buckets, owners and tickets apart', async () => {
  const app = new Koa()
  const other = await createBucket(s3.client)
  app.use(middleware({ path: '/public', owner: 'anonymous' }))
  app.use(partway(testOptions(s3, other, { path: '/private' })))
  const { origin, close } = await serve(app.callback())
  const created = await post<CreateReply>(`${origin}/public/create`, { files }, { 'x-user': '' })
  const [{ ticket }] = created.body.uploads as [MultipartGrant]
  expect(await post(`${origin}/public/parts`, { ticket }, { 'x-user': '' })).toMatchObject({ status: 200 })
  expect(await post(`${origin}/private/parts`, { ticket })).toMatchObject({
    body: { code: 'ticket_invalid' },
  })
  const asAnonymous = await post(`${origin}/private/parts`, { ticket }, { 'x-user': 'anonymous' })
  expect(asAnonymous).toMatchObject({ body: { code: 'ticket_invalid' } })
  await close()
})

test("with the host's own S3 client, whatever its checksum setting", async () => {
  const { endpoint, region, credentials } = s3
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  const app = new Koa()
  app.use(
    partway({ client, bucket, owner: 'anonymous', secrets, multipartThreshold: 0, singleUpload: 'put' }),
  )
  const { origin, close } = await serve(app.callback())
  const created = await post<CreateReply>(`${origin}/uploads/create`, {
    files: [
      { name: 'a', type: '', size: 3 },
      { name: 'b', type: '', size: 0 },
    ],
  })
  const [parts, put] = created.body.uploads as Grant[]
  if (parts?.kind !== 'multipart' || put?.kind !== 'put') throw new Error(JSON.stringify(created.body))
  expect(parts.parts[0]?.url).not.toContain('checksum')
  expect(put.url).not.toContain('checksum')
  expect((await fetch(parts.parts[0]?.url ?? '', { method: 'PUT', body: 'abc' })).status).toBe(200)
  const done = await post(`${origin}/uploads/complete`, { tickets: [parts.ticket] })
  expect(done.body).toMatchObject({ uploads: [{ size: 3 }] })
  await close()
})

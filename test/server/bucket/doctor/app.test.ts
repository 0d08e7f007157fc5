// The doctor's look at a running middleware: what answers in its place, who may call it, and whether it fits the store.
import type { RequestListener } from 'node:http'
import { type PartwayOptions, partway } from '@partway/koa'
import type { DoctorReport } from '@partway/server/bucket'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { answer, editReplyHeaders, startFaultProxy } from '../../../support/fault-proxy/index.js'
import { openS3, type S3UnderTest } from '../../../support/s3-under-test.js'
import { serve, serveApp, testOptions } from '../../serve.js'
import { createHealthyBucket, examine, expectFailed, namesOf, origin, stepOf } from './set-up.js'

let s3: S3UnderTest
let bucket: string

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createHealthyBucket(s3)
})
afterAll(async () => {
  await s3.close()
})

async function examineApp(url: string, more = {}): Promise<DoctorReport> {
  return await examine(s3, bucket, { app: url, ...more })
}

describe('what answers in its place', () => {
  const json = { 'content-type': 'application/json' }

  test.for<[what: string, listener: RequestListener, seen: RegExp, fix: RegExp]>([
    [
      "a single-page app's fallback",
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'),
      /answered with an HTML page \(200\), so another route takes it/,
      /Mount the middleware there/,
    ],
    [
      'another API',
      (_, response) => void response.writeHead(200, json).end('{"hello": "world"}'),
      /answered with something that is not of Partway \(200\)/,
      /Mount the middleware there/,
    ],
    [
      'a redirect to a sign-in',
      (_, response) => void response.writeHead(302, { location: '/login' }).end(),
      /redirects \(302\) to \/login/,
      /--app-header/,
    ],
    [
      'a sign-in of its own',
      (_, response) => void response.writeHead(401, json).end('{"error": "who are you"}'),
      /something before Partway refuses .*\/config with 401/,
      /--app-header/,
    ],
    [
      'a failure',
      (_, response) => void response.writeHead(500).end(),
      /the app fails at .*\/config with 500/,
      /Look at its log/,
    ],
  ])('%s', async ([, listener, seen, fix]) => {
    const app = await serve(listener)
    onTestFinished(() => app.close())
    const report = await examineApp(`${app.origin}/uploads`)
    expectFailed(report, ['app mounted'])
    expect(stepOf(report, 'app mounted').seen).toMatch(seen)
    expect(stepOf(report, 'app mounted').fix).toMatch(fix)
    expect(stepOf(report, 'app config')).toMatchObject({ state: 'skipped', because: 'app mounted' })
  })

  test('nothing, there and at /uploads', async () => {
    const app = await serve((_, response) => void response.writeHead(404).end())
    onTestFinished(() => app.close())
    const report = await examineApp(app.origin)
    expectFailed(report, ['app mounted'])
    const { seen, fix } = stepOf(report, 'app mounted')
    expect(seen).toContain(`nothing is mounted at ${app.origin}, nor at ${app.origin}/uploads`)
    expect(fix).toContain("app.use(partway({ path: '/uploads', … }))")
  })
})

async function serveMiddleware(more = {}) {
  const app = await serveApp(testOptions(s3, bucket, { allowedOrigins: [origin], ...more }))
  onTestFinished(() => app.close())
  return `${app.origin}/uploads`
}

test('the URL of the app, which has it at /uploads', async () => {
  const url = await serveMiddleware()
  const report = await examineApp(new URL(url).origin, { appHeaders: { 'x-user': 'ada' } })
  expect(stepOf(report, 'app mounted').seen).toBe(`Partway answers at ${url}`)
  expect(namesOf(report, 'ok')).toEqual(
    expect.arrayContaining(['app health', 'app sign-in', 'app origin', 'app clock', 'app config']),
  )
  expect(report.ok).toBe(true)
})

describe('what it cannot do itself, though the doctor can', () => {
  test.for<[what: string, options: () => Partial<PartwayOptions>, seen: string, fix: string]>([
    [
      'its secret key is wrong',
      () => ({ credentials: { ...s3.credentials, secretAccessKey: 'not-the-secret-of-anybody' } }),
      's3_credentials_rejected',
      'credentials that are in force',
    ],
    ['its bucket is missing', () => ({ bucket: 'nobodys-bucket' }), 'bucket_missing', 'option `bucket`'],
    [
      'its endpoint is dead',
      () => ({ endpoint: 'http://127.0.0.1:1' }),
      's3_unreachable',
      'option `endpoint`',
    ],
  ])('%s', async ([, options, seen, fix]) => {
    const report = await examineApp(await serveMiddleware(options()), { appHeaders: { 'x-user': 'ada' } })
    expectFailed(report, ['app health'])
    expect(stepOf(report, 'app health').seen).toContain(`GET /health says ${seen}: `)
    expect(stepOf(report, 'app health').fix).toContain(fix)
    expect(report.ok).toBe(false)
  })

  test('its secret is short', async () => {
    const { secrets: _, ...options } = testOptions(s3, bucket, { allowedOrigins: [origin] })
    const app = Object.assign(new Koa(), { keys: ['short'], silent: true })
    const host = await serve(app.use(partway(options as PartwayOptions)).callback())
    onTestFinished(() => host.close())
    const report = await examineApp(`${host.origin}/uploads`, { appHeaders: { 'x-user': 'ada' } })
    expect(stepOf(report, 'app health').seen).toContain('secrets_invalid: The secrets (`app.keys`')
    expect(stepOf(report, 'app health').fix).toContain('crypto.randomBytes(32)')
    expect(stepOf(report, 'app sign-in')).toMatchObject({ state: 'skipped', because: 'app health' })
    expect(report.ok).toBe(false)
  })

  test('its health is not to be seen', async () => {
    const url = await serveMiddleware()
    const proxy = await startFaultProxy({ target: new URL(url).origin })
    onTestFinished(() => proxy.close())
    proxy.add({ match: ({ path }) => path.endsWith('/health'), action: answer(404) })
    const report = await examineApp(`${proxy.origin}/uploads`, { appHeaders: { 'x-user': 'ada' } })
    expectFailed(report, ['app health'])
    expect(stepOf(report, 'app health').seen).toContain('/uploads/health is answered with 404')
  })

  test('it sends its pages to another store than the one that was looked at', async () => {
    const other = await startFaultProxy({ target: s3.endpoint })
    onTestFinished(() => other.close())
    const url = await serveMiddleware({ endpoint: other.origin })
    const report = await examineApp(url, { appHeaders: { 'x-user': 'ada' } })
    expectFailed(report, ['app config'])
    expect(stepOf(report, 'app config').seen).toBe(
      `its pages upload to ${other.origin}, and the doctor looked at ${s3.endpoint}`,
    )
  })
})

describe('who may call it', () => {
  test('a stranger may not: that is as it should be, but what strangers do not see is not known to work', async () => {
    const report = await examineApp(await serveMiddleware())
    expectFailed(report, [])
    expect(report.ok).toBe(false)
    expect(stepOf(report, 'app sign-in')).toMatchObject({
      state: 'ok',
      seen: 'strangers are refused (401 not_signed_in)',
    })
    expect(stepOf(report, 'app config')).toMatchObject({
      state: 'skipped',
      seen: 'not shown (not_signed_in): sign in with --app-header or the option `appHeaders`',
    })
  })

  test('an owner that fails for strangers, in place of refusing them', async () => {
    const users = new Map([['ada', { id: 'ada' }]])
    const owner: PartwayOptions['owner'] = (ctx) => (users.get(ctx.get('x-user')) as { id: string }).id
    const report = await examineApp(await serveMiddleware({ owner }), { appHeaders: { 'x-user': 'ada' } })
    expectFailed(report, ['app sign-in'])
    expect(stepOf(report, 'app sign-in').seen).toBe("a stranger's call fails (500), and is not refused")
  })

  test('a header that signs nobody in', async () => {
    const report = await examineApp(await serveMiddleware(), {
      appHeaders: { authorization: 'Bearer gone-and-expired' },
    })
    expectFailed(report, ['app sign-in'])
    expect(stepOf(report, 'app sign-in').seen).toContain('the given header does not sign in')
  })

  test('anybody may: said, and no failure', async () => {
    const report = await examineApp(await serveMiddleware({ owner: 'anonymous' }))
    expect(stepOf(report, 'app sign-in')).toMatchObject({ state: 'info' })
    expect(report.ok).toBe(true)
  })

  test('a page on an origin that is not listed', async () => {
    const report = await examineApp(await serveMiddleware({ allowedOrigins: ['https://other.example'] }))
    expectFailed(report, ['app origin'])
    expect(stepOf(report, 'app origin').fix).toContain(`Add '${origin}' to the option \`allowedOrigins\``)
  })

  test('a page of the app itself', async () => {
    const url = await serveMiddleware({ allowedOrigins: [] })
    const report = await examineApp(url, { origin: new URL(url).origin })
    expect(stepOf(report, 'app origin')).toMatchObject({
      state: 'ok',
      seen: 'pages of the app itself may call it',
    })
  })
})

describe('whether it fits the store', () => {
  const appHeaders = { 'x-user': 'ada' }

  test('its clock is an hour ahead', async () => {
    const url = await serveMiddleware()
    const proxy = await startFaultProxy({ target: new URL(url).origin })
    onTestFinished(() => proxy.close())
    const later = () => new Date(Date.now() + 3_600_000).toUTCString()
    proxy.add({ match: () => true, action: editReplyHeaders((headers) => headers.set('date', later())) })
    const report = await examineApp(`${proxy.origin}/uploads`)
    expectFailed(report, ['app clock'])
    expect(stepOf(report, 'app clock').seen).toContain(
      "the clock of the app's server is 60 minutes ahead of S3's",
    )
  })

  test('its checksum is not verified by the store', async () => {
    const report = await examineApp(await serveMiddleware({ checksum: 'crc64nvme' }), { appHeaders })
    const verifies = s3.name === 'embedded'
    expect(stepOf(report, 'app config').state).toBe(verifies ? 'ok' : 'failed')
    if (!verifies) expect(stepOf(report, 'app config').fix).toBe('Set the option `checksum` to one of: md5.')
  })

  test('its options are told', async () => {
    const report = await examineApp(await serveMiddleware({ partSize: 5 * 1024 ** 2 }), { appHeaders })
    expect(stepOf(report, 'app config').seen).toBe(
      `files above 5 MiB in parts, checksum md5, small files by form, to ${s3.endpoint}`,
    )
  })
})

// The doctor's look at a running middleware: what answers in its place, who may call it, and whether it fits the store.
import type { RequestListener } from 'node:http'
import type { DoctorReport } from '@partway/koa/bucket'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { editReplyHeaders, startFaultProxy } from '../../../support/fault-proxy/index.js'
import { openS3, type S3UnderTest } from '../../../support/s3-under-test.js'
import { serve, serveApp, testOptions } from '../../serve.js'
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
})

async function serveMiddleware(more = {}) {
  const app = await serveApp(testOptions(s3, bucket, { allowedOrigins: [origin], ...more }))
  onTestFinished(() => app.close())
  return `${app.origin}/uploads`
}

describe('who may call it', () => {
  test('a stranger may not: that is as it should be', async () => {
    const report = await examineApp(await serveMiddleware())
    expect(report.ok).toBe(true)
    expect(stepOf(report, 'app sign-in')).toMatchObject({
      state: 'ok',
      seen: 'strangers are refused (401 not_signed_in)',
    })
    expect(stepOf(report, 'app config')).toMatchObject({
      state: 'skipped',
      seen: 'not shown (not_signed_in): sign in with --app-header or the option `appHeaders`',
    })
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
    const report = await examineApp(await serveMiddleware({ checksum: 'crc32c' }), { appHeaders })
    const verifies = s3.name === 'embedded'
    expect(stepOf(report, 'app config').state).toBe(verifies ? 'ok' : 'failed')
    if (!verifies) expect(stepOf(report, 'app config').fix).toBe('Set the option `checksum` to one of: md5.')
  })

  test('its options are told', async () => {
    const report = await examineApp(await serveMiddleware({ partSize: 5 * 1024 ** 2 }), { appHeaders })
    expect(stepOf(report, 'app config').seen).toBe('parts of 5 MiB, checksum md5, small files by form')
  })
})

// HTTP as no browser sends it: compressed, cut off, mislabelled, spoofed. A coded refusal, and the server lives on.
import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from 'node:zlib'
import type { ErrorBody } from '@partway/koa'
import { ERROR_CODES, partway } from '@partway/koa'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { listContents } from '../s3-contents.js'
import { call, type HostApp, post, serve, serveApp, testOptions } from '../serve.js'
import { type RawReply, sendRaw } from './raw-request.js'

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
  expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
  expect(await call(`${host.origin}/uploads/config`)).toMatchObject({ status: 200 })
  await host.close()
  await s3.close()
})

const json = 'Content-Type: application/json'
const ada = 'x-user: ada'
const send = (head: string[], body: string | Uint8Array = '') => sendRaw(host.origin, head, body)
const postRaw = (headers: string[], body: string | Uint8Array = '{}', route = 'parts') =>
  send(
    [`POST /uploads/${route} HTTP/1.1`, ada, ...headers, `Content-Length: ${Buffer.byteLength(body)}`],
    body,
  )

function expectCoded({ status, headers, body }: RawReply, code: string) {
  expect([(JSON.parse(body) as ErrorBody).code, headers['cache-control']]).toEqual([code, 'no-store'])
  expect(status).toBe(ERROR_CODES[code as keyof typeof ERROR_CODES].status)
}

describe('a compressed body', () => {
  /** Starts like gzip of `size` spaces and goes on with what is no gzip. */
  async function brokenGzip(size: number) {
    const chunks: Buffer[] = []
    const stream = createGzip()
    stream.on('data', (chunk) => chunks.push(chunk))
    stream.write(Buffer.alloc(size, ' '))
    await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, () => resolve()))
    return Buffer.concat([...chunks, Buffer.alloc(4, 0xff)])
  }

  test.each([1, MIB + 16 * 1024 + 1, MIB + 20_000, MIB + 32 * 1024])(
    'that breaks after %d bytes ends the call, not the server',
    async (size) => {
      expectCoded(
        await postRaw([json, 'Content-Encoding: gzip'], await brokenGzip(size)),
        'unsupported_media_type',
      )
      expect(await call(`${host.origin}/uploads/config`)).toMatchObject({ status: 200 })
    },
  )

  const body = '{"ticket": "a"}'
  test.each([
    ['gzip', gzipSync(body)],
    ['deflate', deflateSync(body)],
    ['br', brotliCompressSync(body)],
    ['zstd', Buffer.from(body)],
    ['gzip, gzip', gzipSync(gzipSync(body))],
    ['GZIP', gzipSync(body)],
    ['x', Buffer.from(body)],
  ])('%s is refused', async (encoding, bytes) => {
    expectCoded(await postRaw([json, `Content-Encoding: ${encoding}`], bytes), 'unsupported_media_type')
  })

  test('that unpacks to a thousand times its size is refused before it does', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * MIB))
    expectCoded(await postRaw([json, 'Content-Encoding: gzip'], bomb), 'unsupported_media_type')
  })

  test('of a client that hangs up keeps no call open', async () => {
    const app = new Koa()
    app.silent = true
    const middleware = partway(testOptions(s3, bucket))
    app.use(middleware)
    const { origin, close } = await serve(app.callback())
    for (const encoding of ['gzip', 'identity']) {
      const head = [
        'POST /uploads/parts HTTP/1.1',
        ada,
        json,
        `Content-Encoding: ${encoding}`,
        'Content-Length: 99',
      ]
      await sendRaw(origin, head, gzipSync(body).subarray(0, 20), { hangUp: true })
    }
    await middleware.close()
    await close()
  }, 10_000)
})

describe('a content type', () => {
  test.each([
    'application/json; charset=utf-16',
    'application/json;charset=latin1',
    'application/json; charset="',
    'application/json;',
  ])('%s: JSON is UTF-8, whatever it says', async (type) => {
    expectCoded(await postRaw([`Content-Type: ${type}`]), 'invalid_request')
  })

  test.each([
    'text/plain',
    'text/plain; application/json',
    'application/json, text/plain',
    'application/json-seq',
    'application/vnd.api+json',
    'multipart/form-data; boundary=application/json',
    'application/x-www-form-urlencoded',
    ' ',
  ])('%j, which a page can send without a preflight or is not JSON, is refused', async (type) => {
    expectCoded(await postRaw([`Content-Type: ${type}`]), 'unsupported_media_type')
  })

  test('sent twice: the first counts, as for every browser', async () => {
    expectCoded(await postRaw(['Content-Type: text/plain', json]), 'unsupported_media_type')
    expectCoded(await postRaw([json, 'Content-Type: text/plain']), 'invalid_request')
  })
})

describe('a length', () => {
  const head = ['POST /uploads/parts HTTP/1.1', ada, json]

  test('in chunks is read as any other', async () => {
    expectCoded(
      await send([...head, 'Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n'),
      'invalid_request',
    )
  })

  test('of over 1 MiB is refused unread', async () => {
    expectCoded(await send([...head, `Content-Length: ${MIB + 1}`], '{}'), 'body_too_large')
  })

  test('that is asked for first gets its answer', async () => {
    expectCoded(await send([...head, 'Expect: 100-continue', 'Content-Length: 2'], '{}'), 'invalid_request')
  })

  test.each([
    ['no number', ['Content-Length: 2x'], '{}'],
    ['negative', ['Content-Length: -2'], '{}'],
    ['two of them', ['Content-Length: 2', 'Content-Length: 3'], '{} '],
    ['chunks with a length', ['Content-Length: 2', 'Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n'],
    ['chunks that are none', ['Transfer-Encoding: chunked'], 'x\r\n'],
    ['another transfer encoding', ['Transfer-Encoding: gzip'], '{}'],
    ['another expectation', ['Expect: 200-ok', 'Content-Length: 2'], '{}'],
  ])('that is %s is refused by Node', async (_, headers, body) => {
    const { status } = await send([...head, ...headers], body)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).not.toBe(500)
  })
})

describe('a request line', () => {
  test.each([
    ['GET /uploads/s3/multipart/%E0%A4%A/1?key=%E0%A4%A', 'ticket_invalid'],
    ['GET /uploads/s3/multipart/%/1?key=%', 'ticket_invalid'],
    ['GET /uploads/s3/multipart/%00?key=%00', 'ticket_invalid'],
    ['GET /uploads/s3/multipart/..%2F..%2Fconfig?key=k', 'ticket_invalid'],
    ['GET /uploads/s3/multipart/a/%31?key=k', 'ticket_invalid'],
    ['GET /uploads/s3/multipart/a/1?key=a&key=b', 'invalid_request'],
    ['GET /uploads/s3/multipart/a/1?key[]=a', 'invalid_request'],
    ['GET /uploads/s3/multipart/a/1?KEY=a', 'invalid_request'],
    ['GET /uploads/s3/multipart/a/batch?key=a&partNumbers=1&partNumbers=2', 'invalid_request'],
    ['GET /uploads/s3/multipart/a/complete?key=a', 'invalid_request'],
    ['DELETE /uploads/s3/multipart/a?key=a', 'ticket_invalid'],
    ['HEAD /uploads/s3/multipart/a?key=a', undefined],
    ['GET http://evil.example/uploads/s3/params', 'invalid_request'],
    ['GET /UPLOADS/S3/PARAMS/', 'invalid_request'],
  ])('%s', async (line, code) => {
    const reply = await send([`${line} HTTP/1.1`, ada])
    if (code) expectCoded(reply, code)
    else expect(reply).toMatchObject({ status: 403, body: '' })
  })

  test.each([
    'PUT /uploads/create',
    'PATCH /uploads/create',
    'GET /uploads/create',
    'POST /uploads/config',
    'TRACE /uploads/config',
    'OPTIONS /uploads/create',
    'OPTIONS *',
    'GET //uploads/config',
    'GET /uploads/../uploads/config',
    'GET /uploads/%63onfig/../x',
    'GET /uploads;x/config',
    'POST /uploads/s3/multipart/a/b/c/complete',
  ])('%s is not ours', async (line) => {
    const { status, body } = await send([`${line} HTTP/1.1`, ada])
    expect([404, 405]).toContain(status)
    expect(body).not.toContain('code')
  })

  test('cannot be overridden by a header', async () => {
    for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
      expect((await postRaw([json, `${name}: GET`], '{}', 'config')).status).toBe(404)
    }
    for (const name of ['X-Original-URL', 'X-Rewrite-URL']) {
      expectCoded(await postRaw([json, `${name}: /uploads/config`]), 'invalid_request')
    }
  })

  test('and headers of over 16 KB are refused by Node', async () => {
    expect(await send([`GET /uploads/config?${'a'.repeat(20_000)} HTTP/1.1`, ada])).toMatchObject({
      status: 431,
    })
    expect(await send(['GET /uploads/config HTTP/1.1', ada, `x: ${'a'.repeat(20_000)}`])).toMatchObject({
      status: 431,
    })
  })
})

describe("a page of another site is not taken for the app's own", () => {
  const evil = 'http://evil.example'
  test.each<[what: string, headers: Record<string, string>]>([
    ['by X-Forwarded-Host', { origin: evil, 'x-forwarded-host': 'evil.example' }],
    ['by Forwarded', { origin: evil, forwarded: 'host=evil.example' }],
    [
      'by X-Forwarded-Proto and -For',
      { origin: evil, 'x-forwarded-proto': 'http', 'x-forwarded-for': '127.0.0.1' },
    ],
    ['by a Referer', { origin: evil, referer: 'http://127.0.0.1/' }],
    ['by an Origin with a path', { origin: `${evil}/127.0.0.1` }],
    ['by an Origin with a user', { origin: 'http://127.0.0.1@evil.example' }],
    ['by two Origins', { origin: `${evil}, http://127.0.0.1` }],
    ['by an Origin that is no URL', { origin: '//evil.example' }],
    ['by an opaque Origin', { origin: 'null' }],
    ['by a file', { origin: 'file://' }],
    ['by Sec-Fetch-Site in other case', { origin: evil, 'sec-fetch-site': 'Same-Origin' }],
    ['by Sec-Fetch-Site twice', { origin: evil, 'sec-fetch-site': 'same-origin, cross-site' }],
  ])('%s', async (_, headers) => {
    const { status, body } = await post<ErrorBody>(`${host.origin}/uploads/create`, { files: [] }, headers)
    expect([status, body.code]).toEqual([403, 'origin_refused'])
  })
})

test('who is asked for is not read from anywhere but the option owner', async () => {
  for (const name of ['x-forwarded-user', 'x-remote-user', 'authorization', 'cookie', 'x-owner']) {
    const { body } = await call<ErrorBody>(`${host.origin}/uploads/config?owner=ada&user=ada`, {
      headers: { [name]: 'ada' },
    })
    expect(body.code).toBe('not_signed_in')
  }
})

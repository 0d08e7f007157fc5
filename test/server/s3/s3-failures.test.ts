// S3's failures as the page and the host see them. The S3 here is a plain HTTP server that fails as it is told to.
import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { S3Client } from '@aws-sdk/client-s3'
import type { CompleteReply, CreateReply, ErrorBody, PartsReply } from '@partway/koa'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../../support/free-port.js'
import { stubEnvironment } from '../cli/run-cli.js'
import { call, type HostApp, post, type Served, secrets, serve, serveApp } from '../serve.js'

const MIB = 1024 ** 2
const files = [{ name: 'a', type: '', size: 20 * MIB }]
const open: Served[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()))
})

interface Reply {
  status: number
  headers?: Record<string, string>
  body?: string
}

const fault = (status: number, code: string): Reply => ({
  status,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>about ${code}</Message></Error>`,
})
const naming = (action: string) => expect.stringContaining(action)
const created: Reply = {
  status: 200,
  body: '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>',
}
const noParts: Reply = { status: 200, body: '<ListPartsResult></ListPartsResult>' }

/** Nothing is in it, and it takes what is written. */
const emptyJournal = (method: string, _headers: IncomingHttpHeaders): Reply =>
  method === 'GET' ? fault(404, 'NoSuchKey') : { status: 200, headers: { etag: '"entry"' } }

/**
 * @param answer by `METHOD query`; `undefined` never answers
 * @param journal by method, for objects of the journal
 */
async function openApp(answer: (request: string) => Reply | undefined, more = {}, journal = emptyJournal) {
  const requests: string[] = []
  const store = await serve((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3')
    const { method = '' } = request
    const seen = `${method} ${[...searchParams.keys()].filter((name) => name !== 'x-id').join()}`
    requests.push(seen)
    expect(pathname).toMatch(/^\/media\//)
    request.resume()
    const reply = pathname.startsWith('/media/.partway/') ? journal(method, request.headers) : answer(seen)
    if (reply)
      response.writeHead(reply.status, reply.headers).end(request.method === 'HEAD' ? undefined : reply.body)
  })
  const host = await openHost(store.origin, more)
  open.push(store)
  return { requests, host }
}

async function openHost(endpoint: string, more = {}): Promise<HostApp> {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI' }
  const where = { endpoint, region: 'us-east-1', credentials, forcePathStyle: true }
  // The SDK's own retries would only make this slow.
  const client = new S3Client({ ...where, maxAttempts: 1 })
  const host = await serveApp({ client, bucket: 'media', owner: 'anonymous', secrets, ...more })
  open.push(host)
  return host
}

async function create({ origin }: HostApp) {
  const { status, body } = await post<CreateReply>(`${origin}/uploads/create`, { files })
  expect(status).toBe(200)
  return body.uploads[0] as ErrorBody & { ticket: string }
}

describe('at creation', () => {
  test.each([
    [fault(503, 'SlowDown'), { code: 's3_busy', status: 503 }],
    [fault(500, 'InternalError'), { code: 's3_busy', status: 503 }],
    [fault(429, 'TooManyRequests'), { code: 's3_busy', status: 503 }],
    [
      fault(403, 'AccessDenied'),
      { code: 's3_access_denied', error: expect.stringContaining('s3:PutObject') },
    ],
    [fault(404, 'NoSuchBucket'), { code: 'bucket_missing', status: 502 }],
    [fault(403, 'SignatureDoesNotMatch'), { code: 's3_credentials_rejected', status: 502 }],
    [fault(403, 'InvalidAccessKeyId'), { code: 's3_credentials_rejected', status: 502 }],
    [fault(400, 'ExpiredToken'), { code: 's3_credentials_rejected', status: 502 }],
    [fault(403, 'RequestTimeTooSkewed'), { code: 's3_clock_skew', status: 502 }],
    [fault(301, 'PermanentRedirect'), { code: 's3_wrong_region', status: 502 }],
    [fault(400, 'AuthorizationHeaderMalformed'), { code: 's3_wrong_region', status: 502 }],
    [fault(501, 'NotImplemented'), { code: 'internal_error', status: 500 }],
  ])('%o', async (reply, expected) => {
    const { host } = await openApp(() => reply)
    expect(await create(host)).toMatchObject(expected)
    expect(host.errors).toHaveLength(1)
  })

  test('no answer in time', async () => {
    const { host } = await openApp(() => undefined, { s3TimeoutMs: 200 })
    expect(await create(host)).toMatchObject({ code: 's3_busy', error: expect.stringContaining('too long') })
  })

  test('nobody there', async () => {
    const host = await openHost(`http://127.0.0.1:${await freePort()}`)
    expect(await create(host)).toMatchObject({
      code: 's3_unreachable',
      error: expect.stringContaining('ECONNREFUSED'),
    })
  })

  test('every connection reset', async () => {
    const server = createServer((socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const host = await openHost(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    expect(await create(host)).toMatchObject({
      code: 's3_unreachable',
      error: expect.stringContaining('ECONNRESET'),
    })
  })

  test.each([
    [
      'read',
      'GET',
      fault(403, 'AccessDenied'),
      { code: 's3_access_denied', error: naming('s3:GetObject') },
      [],
    ],
    [
      'written',
      'PUT',
      fault(403, 'AccessDenied'),
      { code: 's3_access_denied', error: naming('s3:PutObject') },
      ['DELETE uploadId'],
    ],
    ['written', 'PUT', fault(503, 'SlowDown'), { code: 's3_busy' }, ['DELETE uploadId']],
  ])(
    'a journal that cannot be %s: nothing is granted, and nothing is left (%s: %o)',
    async (_, failing, reply, expected, removed) => {
      const answer = (request: string) => (request === 'POST uploads' ? created : { status: 204 })
      const journal = (method: string, headers: IncomingHttpHeaders) =>
        method === failing ? reply : emptyJournal(method, headers)
      const { host, requests } = await openApp(answer, {}, journal)
      expect(await create(host)).toMatchObject(expected)
      expect(requests.filter((request) => request.startsWith('DELETE'))).toEqual(removed)
    },
  )

  test('a store that knows no conditions (501) is written to without', async () => {
    const conditions: unknown[] = []
    const { host } = await openApp(
      (request) => (request === 'POST uploads' ? created : noParts),
      {},
      (method, headers) => {
        if (method === 'PUT') conditions.push(headers['if-none-match'])
        return method === 'PUT' && headers['if-none-match']
          ? fault(501, 'NotImplemented')
          : emptyJournal(method, headers)
      },
    )
    expect(await create(host)).toMatchObject({ kind: 'multipart' })
    expect(conditions).toEqual(['*', undefined])
  })

  test('a name that does not resolve', async () => {
    const host = await openHost('http://s3.invalid')
    expect(await create(host)).toMatchObject({ code: 's3_unreachable' })
  })
})

describe('with nothing in the environment', () => {
  afterEach(() => vi.unstubAllEnvs())

  const noCredentials = {
    code: 's3_credentials_rejected',
    error: expect.stringContaining('Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'),
  }
  const noRegion = { code: 's3_wrong_region', error: expect.stringContaining('Set AWS_REGION') }

  test.each([
    ['credentials', noCredentials, { region: 'us-east-1' }],
    ['a region', noRegion, { credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI' } }],
  ])('the page, the host and GET /health hear that there is none of %s', async (_, expected, options) => {
    stubEnvironment({ accessKeyId: '', secretAccessKey: '' })
    const endpoint = `http://127.0.0.1:${await freePort()}`
    const host = await serveApp({ bucket: 'media', owner: 'anonymous', secrets, endpoint, ...options })
    open.push(host)
    const small = [{ name: 'a.txt', type: 'text/plain', size: 5 }]
    const { body } = await post<CreateReply>(`${host.origin}/uploads/create`, { files: [...files, ...small] })
    expect(body.uploads).toMatchObject([expected, expected])
    expect((await call(`${host.origin}/uploads/health`)).body).toEqual({ ok: false, code: expected.code })
    expect(host.errors).toMatchObject(Array(3).fill({ code: expected.code }))
  })
})

describe('when unfinished uploads are listed', () => {
  test.each([
    [
      fault(403, 'AccessDenied'),
      { code: 's3_access_denied', error: expect.stringContaining('s3:ListBucket') },
    ],
    [fault(404, 'NoSuchBucket'), { code: 'bucket_missing' }],
    [fault(503, 'SlowDown'), { code: 's3_busy' }],
  ])('%o', async (reply, expected) => {
    const { host } = await openApp(() => reply, { owner: () => 'ada' })
    expect((await post(`${host.origin}/uploads/unfinished`, {})).body).toMatchObject(expected)
  })
})

describe('later', () => {
  async function start(answer: (request: string) => Reply | undefined) {
    const app = await openApp((request) => (request === 'POST uploads' ? created : answer(request)))
    const { ticket } = await create(app.host)
    const send = async <Body>(route: string, body: object) =>
      await post<Body>(`${app.host.origin}/uploads/${route}`, body)
    return { ...app, ticket, send }
  }

  test('a whole call refused by S3 has the status, the time to wait and no secret', async () => {
    const { host, ticket, send } = await start(() => fault(503, 'SlowDown'))
    const { status, headers, body } = await send<ErrorBody>('parts', { ticket })
    expect([status, headers.get('retry-after'), body.code]).toEqual([503, '5', 's3_busy'])
    expect(JSON.stringify(body)).not.toMatch(/AKIDEXAMPLE|wJalrXUtnFEMI|Signature/)
    expect(host.errors).toHaveLength(1)
  })

  test('an error that is not known is left to the host', async () => {
    const { host, ticket, send } = await start(() => fault(400, 'SomethingNew'))
    const { status, body } = await send('parts', { ticket })
    expect([status, body]).toEqual([500, 'Internal Server Error'])
    expect(host.errors).toMatchObject([{ name: 'SomethingNew' }])
  })

  test('a HEAD without permission names the permission', async () => {
    const { ticket, send } = await start((request) =>
      request.startsWith('HEAD') ? { status: 403 } : fault(404, 'NoSuchUpload'),
    )
    const { body } = await send<CompleteReply>('complete', { tickets: [ticket] })
    expect(body.uploads).toMatchObject([
      { code: 's3_access_denied', error: expect.stringContaining('s3:GetObject') },
    ])
  })

  test('parts that keep arriving: the abort is repeated, then says that it is not done', async () => {
    const part = '<Part><PartNumber>1</PartNumber><Size>5</Size><ETag>"e"</ETag></Part>'
    const { ticket, send, requests } = await start((request) =>
      request.startsWith('DELETE')
        ? { status: 204 }
        : { status: 200, body: `<ListPartsResult>${part}</ListPartsResult>` },
    )
    const { body } = await send<CompleteReply>('abort', { tickets: [ticket] })
    expect(body.uploads).toMatchObject([{ code: 'abort_incomplete', status: 503 }])
    expect(requests.filter((request) => request.startsWith('DELETE'))).toHaveLength(5)
  })

  test('a part in flight: one more abort, then nothing is left', async () => {
    let lists = 0
    const part = '<Part><PartNumber>1</PartNumber><Size>5</Size><ETag>"e"</ETag></Part>'
    const { ticket, send, requests } = await start((request) => {
      if (request.startsWith('DELETE')) return { status: 204 }
      return ++lists === 1 ? { status: 200, body: `<ListPartsResult>${part}</ListPartsResult>` } : noParts
    })
    expect((await send<CompleteReply>('abort', { tickets: [ticket] })).body.uploads).toEqual([null])
    expect(requests.filter((request) => request === 'DELETE uploadId')).toHaveLength(2)
  })
})

// The embedded store and the Ceph of the tests encrypt with no KMS.
test.each([
  ['aws:kms', undefined],
  ['AES256', { md5: Buffer.from('0123456789abcdef0123456789abcdef', 'hex').toString('base64') }],
])(
  "where S3 encrypts with %s, a part's ETag says nothing of its content, or its MD5",
  async (encryption, checksums) => {
    const part =
      '<Part><PartNumber>1</PartNumber><Size>5</Size><ETag>"0123456789abcdef0123456789abcdef"</ETag></Part>'
    const listed = { status: 200, body: `<ListPartsResult>${part}</ListPartsResult>` }
    const encrypted = { ...created, headers: { 'x-amz-server-side-encryption': encryption } }
    const { host } = await openApp((request) => (request === 'POST uploads' ? encrypted : listed))
    const { ticket } = await create(host)
    const { body } = await post<PartsReply>(`${host.origin}/uploads/parts`, { ticket })
    expect(body.parts[0]?.checksums).toEqual(checksums)
  },
)

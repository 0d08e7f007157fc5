// What S3's failures become: a code, a sentence that says what to do, and no secret.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { S3Client } from '@aws-sdk/client-s3'
import { BUCKET_ERROR_CODES, BucketError, setup, sweep, usage } from '@partway/server/bucket'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../../support/free-port.js'
import { fault, SECRET, type StoreStub, type StubReply, startStub } from './store-stub.js'

let stub: StoreStub | undefined
afterEach(() => stub?.close())

async function failureOf(run: () => Promise<unknown>): Promise<BucketError> {
  const error = await run().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(BucketError)
  return error as BucketError
}

const html: StubReply = { status: 200, body: '<html><body>Hello<br></body></html>' }

test.each<[string, StubReply]>([
  ['invalid_credentials', fault(403, 'InvalidAccessKeyId')],
  ['invalid_credentials', fault(403, 'SignatureDoesNotMatch')],
  ['invalid_credentials', fault(400, 'ExpiredToken')],
  ['clock_skew', fault(403, 'RequestTimeTooSkewed')],
  ['access_denied', fault(403, 'AccessDenied')],
  ['no_such_bucket', fault(404, 'NoSuchBucket')],
  ['invalid_bucket_name', fault(400, 'InvalidBucketName')],
  ['wrong_region', fault(301, 'PermanentRedirect')],
  ['wrong_region', fault(400, 'AuthorizationHeaderMalformed')],
  ['not_s3', html],
  ['not_s3', { status: 200, body: '{"hello": "world"}' }],
  ['not_s3', { status: 404, body: '<html>Not found</html>' }],
  ['not_supported', fault(501, 'NotImplemented')],
  ['not_supported', fault(405, 'MethodNotAllowed')],
  ['s3_busy', fault(503, 'SlowDown')],
  ['s3_busy', fault(500, 'InternalError')],
  ['s3_refused', fault(400, 'InvalidArgument')],
])('%s', async (code, reply) => {
  stub = await startStub({ 'GET uploads': reply, 'GET list-type': reply })
  const { target } = stub
  const failures = await Promise.all([
    failureOf(() => usage(target)),
    failureOf(() => sweep({ ...target, olderThanMs: 0 })),
  ])
  for (const error of failures) {
    expect(error).toMatchObject({ code, message: expect.stringMatching(/\.$/) })
    expect(inspect(error)).not.toContain(SECRET)
  }
  expect(failures[0]?.action).toBe(code === 'access_denied' ? 's3:ListBucketMultipartUploads' : undefined)
})

test.each<[string, StubReply]>([
  ['invalid_credentials', fault(403, 'InvalidAccessKeyId')],
  ['not_s3', html],
  ['wrong_region', fault(301, 'PermanentRedirect')],
])('setup, which can go on after other failures, ends with %s', async (code, reply) => {
  stub = await startStub({ 'GET list-type': reply })
  const { target } = stub
  expect(await failureOf(() => setup({ ...target, origins: ['https://app.example'] }))).toMatchObject({
    code,
  })
})

test('the region that S3 says it expects is named', async () => {
  const reply = fault(400, 'AuthorizationHeaderMalformed')
  const body = reply.body?.replace('</Message>', '</Message><Region>eu-central-1</Region>') ?? ''
  stub = await startStub({ 'GET uploads': { ...reply, body } })
  const { target } = stub
  expect((await failureOf(() => usage(target))).message).toBe(
    'The bucket "media" is in eu-central-1. Configure that one.',
  )
})

test('nobody listens', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`
  const credentials = { accessKeyId: 'a', secretAccessKey: SECRET }
  const error = await failureOf(() => usage({ bucket: 'media', endpoint, region: 'us-east-1', credentials }))
  expect(error).toMatchObject({ code: 's3_unreachable', message: expect.stringContaining('ECONNREFUSED') })
  expect(inspect(error)).not.toContain(SECRET)
})

test('no credentials anywhere', async () => {
  const none = async () => {
    throw Object.assign(new Error('Could not load credentials from any providers'), {
      name: 'CredentialsProviderError',
    })
  }
  const client = new S3Client({ endpoint: 'http://127.0.0.1:1', region: 'us-east-1', credentials: none })
  expect(await failureOf(() => usage({ bucket: 'media', client }))).toMatchObject({ code: 'no_credentials' })
})

test('an answer that does not come is not waited for', async () => {
  let release: (reply: StubReply) => void = () => undefined
  const never = new Promise<StubReply>((resolve) => {
    release = resolve
  })
  stub = await startStub({ 'GET uploads': () => never })
  const { target } = stub
  expect(await failureOf(() => usage({ ...target, s3TimeoutMs: 100 }))).toMatchObject({ code: 's3_busy' })
  release({ status: 200 })
})

test("the signal's reason is what is thrown", async () => {
  stub = await startStub({})
  const { target } = stub
  const reason = new Error('enough')
  await expect(usage({ ...target, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

test.each([
  [{ bucket: 'a b' }, 'usage(): option bucket: must be the name of a bucket, got "a b"'],
  [{ bucket: 'media', prefx: '' }, 'usage(): there is no option prefx'],
  [{ bucket: 'media', s3TimeoutMs: 1 }, 'usage(): option s3TimeoutMs: '],
  [
    { bucket: 'media', client: new S3Client({}), region: 'eu-west-1' },
    'usage(): give either client, or region, endpoint, credentials and forcePathStyle, not both',
  ],
])('misused options: %j', async (options, message) => {
  await expect(usage(options as Parameters<typeof usage>[0])).rejects.toThrow(message)
  await expect(usage(options as Parameters<typeof usage>[0])).rejects.toBeInstanceOf(TypeError)
})

test('docs/bucket.md has every code with its meaning', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/bucket.md'), 'utf8')
  const documented = page.split('\n').filter((line) => /^\| `\w+` \| [^|]+ \|$/.test(line))
  const rows = Object.entries(BUCKET_ERROR_CODES).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
  expect(documented).toEqual(expect.arrayContaining(rows))
})

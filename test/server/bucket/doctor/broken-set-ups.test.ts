// Set-ups that are broken on purpose: the step that fails names the cause and what to do, and nothing is left.
import { randomUUID } from 'node:crypto'
import { DeleteBucketCorsCommand, PutBucketLifecycleConfigurationCommand } from '@aws-sdk/client-s3'
import type { DoctorOptions, DoctorReport } from '@partway/server/bucket'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { corsRule } from '../../../../server/core/src/bucket/settings/cors.js'
import {
  answer,
  editReplyHeaders,
  type FaultProxy,
  type SeenRequest,
  s3Error,
  startFaultProxy,
} from '../../../support/fault-proxy/index.js'
import { grantLeastPrivilege } from '../../../support/least-privilege.js'
import { createBucket, openS3, type S3UnderTest } from '../../../support/s3-under-test.js'
import { listAll } from '../../s3-contents.js'
import { serve } from '../../serve.js'
import { createHealthyBucket, examine, expectFailed, namesOf, origin, replaceCors, stepOf } from './set-up.js'

const ceph = inject('ceph')
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

/** @returns the step that failed first, once it is sure that nothing is left */
async function firstFailure(report: DoctorReport, bucket: string) {
  expect(report.ok).toBe(false)
  expect(report.leftBehind).toEqual([])
  expect(await listAll(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
  const [name = ''] = namesOf(report, 'failed')
  return stepOf(report, name)
}

/** A proxy in front of the store. */
async function front(): Promise<FaultProxy> {
  const proxy = await startFaultProxy({ target: s3.endpoint })
  onTestFinished(() => proxy.close())
  return proxy
}

const setupCommand = (bucket: string) =>
  `npx partway setup --bucket ${bucket} --origin ${origin} --endpoint ${s3.endpoint}`

test('a key that the store does not know', async () => {
  const bucket = await createHealthyBucket(s3)
  const credentials = { accessKeyId: 'AKIANOBODYKNOWSIT', secretAccessKey: 'whatever-it-is' }
  const step = await firstFailure(await examine(s3, bucket, { credentials }), bucket)
  expect(step.name).toBe('credentials')
  expect(step.seen).toContain('S3 does not know the access key AKIA…WSIT (403 InvalidAccessKeyId')
  expect(step.fix).toContain('AWS_ACCESS_KEY_ID')
})

test('no credentials', async () => {
  const credentials = () => Promise.reject(new Error('Could not load credentials from any providers'))
  const report = await examine(s3, 'media', { credentials })
  expectFailed(report, ['configuration'])
  expect(stepOf(report, 'configuration').seen).toContain('no credentials were found (Could not load')
  expect(stepOf(report, 'configuration').fix).toContain('AWS_ACCESS_KEY_ID')
})

test("a secret that is not the key's", async () => {
  const bucket = await createHealthyBucket(s3)
  const credentials = { ...s3.credentials, secretAccessKey: 'not-the-secret-of-this-key' }
  const step = await firstFailure(await examine(s3, bucket, { credentials }), bucket)
  expect(step.name).toBe('credentials')
  expect(step.seen).toContain('but its secret is another (403 SignatureDoesNotMatch')
  expect(step.fix).toContain('Give the secret that belongs to the key')
})

test('a wrong region', async () => {
  const bucket = await createHealthyBucket(s3)
  // Ceph takes signatures for any region, so there the proxy refuses them as AWS does.
  const proxy = await front()
  const body = `<Error><Code>AuthorizationHeaderMalformed</Code><Message>The region 'eu-west-1' is wrong; expecting 'us-east-1'</Message><Region>us-east-1</Region></Error>`
  if (ceph)
    proxy.add({
      match: isSigned,
      action: answer(400, { body, headers: { 'content-type': 'application/xml' } }),
    })
  const report = await examine(s3, bucket, { region: 'eu-west-1', endpoint: proxy.origin })
  const step = await firstFailure(report, bucket)
  expect(step.name).toBe('region')
  expect(step.seen).toContain('requests are signed for eu-west-1, and the bucket is in us-east-1')
  expect(step.fix).toContain("--region us-east-1, option `region: 'us-east-1'`")
})

const isSigned = ({ headers }: SeenRequest) => headers.authorization !== undefined

test('no CORS rules', async () => {
  const bucket = await createHealthyBucket(s3)
  await s3.client.send(new DeleteBucketCorsCommand({ Bucket: bucket }))
  const report = await examine(s3, bucket)
  const step = await firstFailure(report, bucket)
  expectFailed(report, ['preflight POST', 'preflight PUT', 'form POST', 'PUT'])
  expect(step.seen).toContain('the bucket has no CORS rules')
  expect(step.fix).toBe(setupCommand(bucket))
  expect(stepOf(report, 'form POST').seen).toContain(
    `the reply lacks "Access-Control-Allow-Origin: ${origin}"`,
  )
})

test('CORS rules without PUT', async () => {
  const bucket = await createHealthyBucket(s3)
  await replaceCors(s3, bucket, {
    AllowedOrigins: [origin],
    AllowedMethods: ['GET', 'POST'],
    AllowedHeaders: ['*'],
  })
  const report = await examine(s3, bucket)
  const step = await firstFailure(report, bucket)
  expectFailed(report, ['preflight PUT', 'PUT'])
  expect(step.seen).toContain('allow this origin GET, and lack the method PUT')
  expect(step.fix).toBe(setupCommand(bucket))
})

test('CORS rules without a header', async () => {
  const bucket = await createHealthyBucket(s3)
  const AllowedHeaders = ['content-type', 'content-disposition', 'x-amz-*']
  await replaceCors(s3, bucket, { AllowedOrigins: [origin], AllowedMethods: ['POST', 'PUT'], AllowedHeaders })
  const report = await examine(s3, bucket)
  const step = await firstFailure(report, bucket)
  expectFailed(report, ['preflight PUT'])
  expect(step.seen).toContain('the CORS rules of the bucket lack the header content-md5 (')
  expect(step.fix).toBe(setupCommand(bucket))
})

test('CORS rules for another origin', async () => {
  const bucket = await createBucket(s3.client, ['https://other.example'])
  const report = await examine(s3, bucket)
  await firstFailure(report, bucket)
  const step = stepOf(report, 'preflight PUT')
  expect(step.state).toBe('failed')
  expect(step.seen).toContain(`have the origins https://other.example, and not ${origin}`)
  expect(step.fix).toBe(setupCommand(bucket))
})

test('the fix for another origin keeps those that setup has let in', async () => {
  const bucket = await createHealthyBucket(s3)
  const before = 'https://staging.app.example'
  await replaceCors(s3, bucket, corsRule([before], ''))
  const { fix } = stepOf(await examine(s3, bucket), 'preflight PUT')
  expect(fix).toBe(
    `npx partway setup --bucket ${bucket} --origin ${before} --origin ${origin} --endpoint ${s3.endpoint}`,
  )
})

/** Which requests of the doctor need which action. */
const permissions: [action: string, match: (request: SeenRequest) => boolean][] = [
  ['s3:DeleteObject', ({ method, query }) => method === 'DELETE' && !query.has('uploadId')],
  ['s3:AbortMultipartUpload', ({ method, query }) => method === 'DELETE' && query.has('uploadId')],
  [
    's3:PutObject',
    ({ method, query, preflight }) =>
      !preflight && (method === 'PUT' || (method === 'POST' && !query.has('delete'))),
  ],
  ['s3:GetObject', ({ method, path }) => method === 'HEAD' && path.includes('/partway-doctor/')],
  [
    's3:ListBucket',
    ({ method, path, query }) => query.has('list-type') || (method === 'HEAD' && path.endsWith('/missing')),
  ],
  ['s3:ListMultipartUploadParts', ({ method, query }) => method === 'GET' && query.has('uploadId')],
]

describe('a permission is missing (on Ceph in the policy; else a proxy refuses it, the embedded store has no policies)', () => {
  test.for(permissions)('%s', async ([action, match]) => {
    const bucket = await createHealthyBucket(s3)
    const step = await firstFailure(await examine(s3, bucket, await withhold(bucket, action, match)), bucket)
    expect(step.name).toBe(action)
    expect(step.seen).toContain('refused (403')
    const resource = action === 's3:ListBucket' ? bucket : `${bucket}/*`
    expect(step.fix).toContain(`Allow ${action} on arn:aws:s3:::${resource}`)
    expect(step.fix).toContain(`npx partway policy --bucket ${bucket}`)
  })
})

describe('a permission is missing below the prefix of the journal alone', () => {
  const isEntry = ({ path }: SeenRequest) => path.includes('/journal/partway-doctor/')
  const rights: [action: string, match: (request: SeenRequest) => boolean][] = [
    ['s3:DeleteObject', (request) => isEntry(request) && request.method === 'DELETE'],
    ['s3:PutObject', (request) => isEntry(request) && request.method === 'PUT'],
    ['s3:GetObject', (request) => isEntry(request) && request.method === 'GET'],
    ['s3:ListBucket', (request) => isEntry(request) && request.path.endsWith('/missing')],
    ['s3:ListBucket', ({ query }) => query.get('prefix')?.startsWith('journal/') ?? false],
  ]
  test.for(rights)('%s', async ([action, match]) => {
    const bucket = await createHealthyBucket(s3)
    const own = await createBucket(s3.client)
    const proxy = await front()
    proxy.add({ match, action: s3Error(403, 'AccessDenied') })
    const journal = { bucket: own, prefix: 'journal/' }
    const report = await examine(s3, bucket, { endpoint: proxy.origin, journal })
    expectFailed(report, ['journal'])
    expect(stepOf(report, 'journal').seen).toBe(`${action} is refused below journal/ (403 AccessDenied)`)
    const resource = action === 's3:ListBucket' ? own : `${own}/journal/*`
    expect(stepOf(report, 'journal').fix).toBe(
      `Allow ${action} on arn:aws:s3:::${resource}. The whole policy: npx partway policy --bucket ${bucket} --journal-bucket ${own} --journal-prefix journal/`,
    )
    expect(report.leftBehind).toEqual([])
    for (const each of [bucket, own]) {
      expect(await listAll(s3.client, each)).toEqual({ objects: [], uploads: [] })
    }
  })
})

async function withhold(
  bucket: string,
  action: string,
  match: (request: SeenRequest) => boolean,
): Promise<Partial<DoctorOptions>> {
  if (ceph) {
    await grantLeastPrivilege(s3.client, bucket, ceph, action)
    return { credentials: ceph.limited }
  }
  const proxy = await front()
  proxy.add({ match, action: s3Error(403, 'AccessDenied') })
  return { endpoint: proxy.origin }
}

const HOUR_MS = 3_600_000

test('a clock that is an hour behind', async () => {
  const bucket = await createHealthyBucket(s3)
  const proxy = await front()
  const later = editReplyHeaders((headers) =>
    headers.set('date', new Date(Date.now() + HOUR_MS).toUTCString()),
  )
  proxy.add({ match: () => true, action: later })
  const report = await examine(s3, bucket, { endpoint: proxy.origin })
  const step = await firstFailure(report, bucket)
  expect(step.name).toBe('clock')
  expect(step.seen).toContain("this machine's clock is 60 minutes behind S3's")
  expect(step.fix).toContain('NTP')
  expect(proxy.requests.filter(isSigned)).toEqual([])
})

test.skipIf(!ceph)(
  'a clock that is an hour ahead (only on Ceph: the embedded store is in this process)',
  async () => {
    const bucket = await createHealthyBucket(s3)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS })
    onTestFinished(() => void vi.useRealTimers())
    const report = await examine(s3, bucket)
    vi.useRealTimers()
    const step = await firstFailure(report, bucket)
    expect(step.name).toBe('clock')
    expect(step.seen).toContain("this machine's clock is 60 minutes ahead of S3's")
  },
)

test('no such bucket', async () => {
  const bucket = `test-${randomUUID()}`
  const report = await examine(s3, bucket)
  expectFailed(report, ['bucket'])
  expect(stepOf(report, 'bucket').seen).toBe(`there is no bucket "${bucket}" (NoSuchBucket)`)
  expect(stepOf(report, 'bucket').fix).toBe(setupCommand(bucket))
  expect(stepOf(report, 'clean-up').seen).toBe('nothing was made')
})

test('no lifecycle rule', async () => {
  const bucket = await createBucket(s3.client, [origin])
  const report = await examine(s3, bucket)
  const step = await firstFailure(report, bucket)
  expectFailed(report, ['lifecycle'])
  expect(step.seen).toContain('the bucket has no lifecycle rule')
  expect(step.fix).toBe(setupCommand(bucket))
})

test('a lifecycle rule that deletes the journal under unfinished uploads', async () => {
  const bucket = await createHealthyBucket(s3)
  const rule = {
    Status: 'Enabled',
    Filter: { Prefix: '' },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    Expiration: { Days: 1 },
  } as const
  const put = { Bucket: bucket, LifecycleConfiguration: { Rules: [rule] } }
  await s3.client.send(new PutBucketLifecycleConfigurationCommand(put))
  const step = stepOf(await examine(s3, bucket), 'lifecycle')
  expect(step).toMatchObject({ state: 'warning', fix: expect.stringContaining('a bucket of its own') })
  expect(step.seen).toContain('their entries below .partway/ are deleted after 1:')
  const elsewhere = await examine(s3, bucket, { journal: { bucket: await createBucket(s3.client) } })
  expect(stepOf(elsewhere, 'lifecycle').state).toBe('ok')
})

test('an endpoint that is not S3', async () => {
  const site = await serve((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>A console</title>')
  })
  onTestFinished(() => site.close())
  const report = await examine(s3, 'media', { endpoint: site.origin })
  expectFailed(report, ['endpoint'])
  expect(stepOf(report, 'endpoint').seen).toContain('is no S3 service: it answers 200 with text/html')
  expect(stepOf(report, 'endpoint').fix).toContain('--endpoint')
})

test('an endpoint at which nobody listens', async () => {
  const proxy = await front()
  await proxy.refuse()
  const report = await examine(s3, 'media', { endpoint: proxy.origin })
  expectFailed(report, ['endpoint'])
  expect(stepOf(report, 'endpoint').seen).toContain(
    `nothing listens at ${new URL(proxy.origin).host} (ECONNREFUSED)`,
  )
})

test('an app in which nothing is mounted', async () => {
  const bucket = await createHealthyBucket(s3)
  const app = await serve((_request, response) => void response.writeHead(404).end('Not Found'))
  onTestFinished(() => app.close())
  const report = await examine(s3, bucket, { app: `${app.origin}/uploads` })
  const step = await firstFailure(report, bucket)
  expectFailed(report, ['app mounted'])
  expect(step.seen).toBe(`nothing is mounted at ${app.origin}/uploads: GET /config is answered with 404`)
  expect(step.fix).toContain("app.use(partway({ path: '/uploads', … }))")
})

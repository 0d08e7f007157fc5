// A bucket set up on a real store: from nothing, twice, beside the rules of others, and without some permission.
import { randomUUID } from 'node:crypto'
import {
  CreateBucketCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetPublicAccessBlockCommand,
  type LifecycleRule,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { planSetup, type SetupOptions, type SetupStep, setup } from '@partway/server/bucket'
import { afterAll, describe, expect, test } from 'vitest'
import { openS3 } from '../../support/s3-under-test.js'
import { listContents } from '../s3-contents.js'

const s3 = await openS3()
const { client } = s3
afterAll(() => s3.close())

const origins = ['https://app.example']
const newName = () => `setup-${randomUUID()}`
const optionsFor = (bucket: string, more: Partial<SetupOptions> = {}) =>
  ({ client, bucket, origins, ...more }) as SetupOptions

async function createBare(): Promise<string> {
  const bucket = newName()
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  return bucket
}

const states = (steps: SetupStep[]) => Object.fromEntries(steps.map(({ setting, state }) => [setting, state]))
const readCors = async (bucket: string) =>
  (await client.send(new GetBucketCorsCommand({ Bucket: bucket }))).CORSRules ?? []
const byId = (a: LifecycleRule, b: LifecycleRule) => ((a.ID ?? '') < (b.ID ?? '') ? -1 : 1)
const readLifecycle = async (bucket: string) =>
  (await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }))).Rules ?? []

async function preflight(
  bucket: string,
  method: string,
  origin: string,
  headers = 'content-md5,x-amz-meta-a',
) {
  const reply = await fetch(`${s3.endpoint}/${bucket}/key`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': headers,
    },
  })
  return reply.headers.get('access-control-allow-origin')
}

/** What the store under test has of its own. The embedded one has no such settings. */
const publicAccess = s3.name === 'ceph' ? 'created' : 'skipped'

test('from nothing: the bucket, CORS and lifecycle; pages of the origin alone may upload', async () => {
  const bucket = newName()
  expect(states(await setup(optionsFor(bucket)))).toEqual({
    bucket: 'created',
    'public-access': publicAccess,
    // Neither store has keys to encrypt with.
    encryption: 'skipped',
    cors: 'created',
    lifecycle: 'created',
    journal: 'created',
  })
  expect(await preflight(bucket, 'PUT', 'https://app.example')).toBe('https://app.example')
  expect(await preflight(bucket, 'POST', 'https://app.example')).toBe('https://app.example')
  expect(await preflight(bucket, 'PUT', 'https://evil.example')).toBe(null)
  expect(await preflight(bucket, 'DELETE', 'https://app.example')).toBe(null)
  expect((await readLifecycle(bucket)).toSorted(byId)).toMatchObject([
    { ID: 'partway', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
    { ID: 'partway journal .partway/', Status: 'Enabled', Expiration: { Days: 37 } },
  ])
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'key', Body: 'content' }))
  expect(await listContents(client, bucket)).toEqual({ objects: ['key'], uploads: [] })
})

test('a second run changes nothing', async () => {
  const bucket = newName()
  await setup(optionsFor(bucket, { prefix: 'uploads/' }))
  const before = [await readCors(bucket), await readLifecycle(bucket)]
  const second = await setup(optionsFor(bucket, { prefix: 'uploads/' }))
  expect(states(second)).toEqual({
    bucket: 'unchanged',
    'public-access': s3.name === 'ceph' ? 'unchanged' : 'skipped',
    encryption: 'skipped',
    cors: 'unchanged',
    lifecycle: 'unchanged',
    journal: 'unchanged',
  })
  expect([await readCors(bucket), await readLifecycle(bucket)]).toEqual(before)
})

test('the plan changes nothing: neither a bucket that is missing nor one that is there', async () => {
  const missing = newName()
  const steps = await planSetup(optionsFor(missing))
  expect(steps.find(({ setting }) => setting === 'bucket')).toMatchObject({ state: 'create' })
  expect(steps.find(({ setting }) => setting === 'cors')).toMatchObject({ state: 'create' })
  await expect(listContents(client, missing)).rejects.toMatchObject({ name: 'NoSuchBucket' })

  const bucket = await createBare()
  expect((await planSetup(optionsFor(bucket))).map(({ state }) => state)).toContain('create')
  await expect(readCors(bucket)).rejects.toMatchObject({ name: 'NoSuchCORSConfiguration' })
  await expect(readLifecycle(bucket)).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' })
  expect(await listContents(client, bucket)).toEqual({ objects: [], uploads: [] })
})

test('CORS rules of others stay and go on working, also for the same origin', async () => {
  const bucket = await createBare()
  const reading = {
    ID: 'reading',
    AllowedOrigins: ['https://*.example'],
    AllowedMethods: ['GET'],
    AllowedHeaders: ['x-own'],
    ExposeHeaders: ['x-amz-meta-own'],
  }
  await client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules: [reading] } }))
  const steps = await setup(optionsFor(bucket))
  expect(steps.find(({ setting }) => setting === 'cors')).toEqual({
    setting: 'cors',
    state: 'changed',
    detail: 'POST and PUT from https://app.example; 1 other rule kept',
  })
  expect((await readCors(bucket)).find(({ ID }) => ID === 'reading')).toEqual(reading)
  expect(await preflight(bucket, 'PUT', 'https://app.example')).toBe('https://app.example')
  expect(await preflight(bucket, 'GET', 'https://app.example', 'x-own')).toBe('https://app.example')
  expect(await preflight(bucket, 'GET', 'https://www.example', 'x-own')).toBe('https://www.example')
  expect(await preflight(bucket, 'PUT', 'https://www.example')).toBe(null)
  expect(states(await setup(optionsFor(bucket)))).toMatchObject({ cors: 'unchanged' })
})

test('apps that share a bucket have a CORS rule each: what one is set up with takes nothing from another', async () => {
  const bucket = newName()
  await setup(optionsFor(bucket, { prefix: 'a/' }))
  await setup(optionsFor(bucket, { prefix: 'b/', origins: ['https://b.example'] }))
  await setup(optionsFor(bucket, { prefix: 'b/', origins: ['https://app.example', 'https://new.example'] }))
  expect((await readCors(bucket)).map(({ ID, AllowedOrigins }) => [ID, AllowedOrigins])).toEqual([
    ['partway b/', ['https://app.example', 'https://new.example']],
    ['partway a/', ['https://app.example']],
  ])
  expect(await preflight(bucket, 'PUT', 'https://app.example')).toBe('https://app.example')
  expect(await preflight(bucket, 'PUT', 'https://new.example')).toBe('https://new.example')
  expect(await preflight(bucket, 'PUT', 'https://b.example')).toBe(null)
  await setup(optionsFor(bucket, { prefix: 'b/', origins: ['https://b.example'] }))
  expect(await preflight(bucket, 'PUT', 'https://app.example')).toBe('https://app.example')
  expect(states(await setup(optionsFor(bucket, { prefix: 'a/' })))).toMatchObject({ cors: 'unchanged' })
})

test('lifecycle rules of others stay; each prefix has a rule of its own', async () => {
  const bucket = await createBare()
  const other = {
    ID: 'other',
    Status: 'Enabled' as const,
    ...(s3.name === 'ceph' ? { Prefix: 'tmp/', Expiration: { Days: 3 } } : { Filter: { Prefix: 'tmp/' } }),
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  }
  await client.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: bucket,
      LifecycleConfiguration: { Rules: [other] },
    }),
  )
  await setup(optionsFor(bucket, { prefix: 'a/' }))
  await setup(optionsFor(bucket, { prefix: 'b/', lifecycleDays: 3 }))
  const rules = await readLifecycle(bucket)
  expect(rules.find(({ ID }) => ID === 'other')).toEqual(other)
  expect(rules.map(({ ID }) => ID).sort()).toEqual([
    'other',
    'partway a/',
    'partway b/',
    'partway journal .partway/',
  ])
  const daysOf = (id: string) =>
    rules.find(({ ID }) => ID === id)?.AbortIncompleteMultipartUpload?.DaysAfterInitiation
  expect([daysOf('partway a/'), daysOf('partway b/')]).toEqual([7, 3])
})

test('other origins and days replace the former ones, and say so', async () => {
  const bucket = newName()
  await setup(optionsFor(bucket))
  const steps = await setup(
    optionsFor(bucket, { origins: ['https://new.example', 'http://localhost:3000'], lifecycleDays: 30 }),
  )
  expect(steps.slice(-3)).toEqual([
    {
      setting: 'cors',
      state: 'changed',
      detail:
        'POST and PUT from https://new.example, http://localhost:3000, and no more from https://app.example',
    },
    {
      setting: 'lifecycle',
      state: 'changed',
      detail: 'abort unfinished uploads after 30 days',
    },
    {
      setting: 'journal',
      state: 'changed',
      detail: 'delete forgotten entries below .partway/ after 60 days',
    },
  ])
  expect(await preflight(bucket, 'PUT', 'http://localhost:3000')).toBe('http://localhost:3000')
  expect(await preflight(bucket, 'PUT', 'https://app.example')).toBe(null)
  expect(await readLifecycle(bucket)).toHaveLength(2)
})

test('what is to be skipped is left as it is', async () => {
  const steps = await setup(optionsFor(newName(), { skip: ['public-access', 'lifecycle'] }))
  expect(steps.map(({ setting }) => setting)).toEqual(['bucket', 'encryption', 'cors', 'journal'])
})

test('a bucket of the journal alone needs no origin; that of the uploads has no rule for it then', async () => {
  const [bucket, own] = [newName(), newName()]
  await setup(optionsFor(bucket, { journal: { bucket: own, prefix: 'uploads/' } }))
  await setup(optionsFor(own, { origins: [], skip: ['cors', 'lifecycle'], journal: { prefix: 'uploads/' } }))
  expect((await readLifecycle(bucket)).map(({ ID }) => ID)).toEqual(['partway'])
  expect((await readLifecycle(own)).map(({ ID }) => ID)).toEqual(['partway journal uploads/'])
  await expect(setup(optionsFor(own, { origins: [] }))).rejects.toThrow(
    'setup(): option origins: must have at least one, unless cors is skipped',
  )
})

describe.skipIf(s3.name !== 'ceph')('only on Ceph: the embedded store has no such settings', () => {
  test('public access is blocked with all that does not break uploads', async () => {
    const bucket = newName()
    const steps = await setup(optionsFor(bucket))
    expect(steps.find(({ setting }) => setting === 'public-access')).toEqual({
      setting: 'public-access',
      state: 'created',
      detail: expect.stringMatching(/^ignore public ACLs; not BlockPublicAcls and BlockPublicPolicy/),
    })
    const { PublicAccessBlockConfiguration } = await client.send(
      new GetPublicAccessBlockCommand({ Bucket: bucket }),
    )
    expect(PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: false,
      IgnorePublicAcls: true,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: true,
    })
  })

  test('one permission that is missing fails its step, with the fix, and no other', async () => {
    const bucket = await createBare()
    const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`]
    const Principal = { AWS: s3.limited?.principal }
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal, Action: 's3:*', Resource },
        { Effect: 'Deny', Principal, Action: 's3:PutBucketCORS', Resource },
      ],
    })
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }))
    const limited = new S3Client({
      endpoint: s3.endpoint,
      region: s3.region,
      credentials: s3.limited?.credentials ?? s3.credentials,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
    })
    const steps = await setup({ client: limited, bucket, origins })
    expect(states(steps)).toMatchObject({ bucket: 'unchanged', cors: 'failed', lifecycle: 'created' })
    expect(steps.find(({ setting }) => setting === 'cors')).toEqual({
      setting: 'cors',
      state: 'failed',
      detail: `The credentials may not do s3:PutBucketCORS on the bucket "${bucket}". Allow it, or use others.`,
      fix: `Allow s3:PutBucketCORS on arn:aws:s3:::${bucket}.`,
    })
    expect(await readLifecycle(bucket)).toHaveLength(2)
    limited.destroy()
  })
})

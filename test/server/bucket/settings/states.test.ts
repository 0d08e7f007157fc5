// Every state of every setting, as stores answer that cannot be run here. The S3 is a plain HTTP server.
import { planSetup, type SetupStep, setup } from '@partway/server/bucket'
import { afterEach, describe, expect, test } from 'vitest'
import { BARE, document, fault, type Seen, type StoreStub, type StubReply, startStub } from '../store-stub.js'

const origins = ['https://app.example']
let stub: StoreStub | undefined
afterEach(() => stub?.close())

async function open(replies: Parameters<typeof startStub>[0] = {}): Promise<StoreStub> {
  stub = await startStub({ ...BARE, ...replies })
  return stub
}

async function run(replies: Parameters<typeof startStub>[0] = {}): Promise<Record<string, SetupStep>> {
  const { target } = await open(replies)
  const steps = await setup({ ...target, origins })
  return Object.fromEntries(steps.map((step) => [step.setting, step]))
}

const pab = (...flags: string[]) =>
  document(
    `<PublicAccessBlockConfiguration>${flags.map((flag) => `<${flag}>true</${flag}>`).join('')}</PublicAccessBlockConfiguration>`,
  )
const encrypted = (algorithm: string) =>
  document(
    `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>${algorithm}</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`,
  )

test('a store like AWS, whose bucket has none of them', async () => {
  const steps = await run()
  expect(Object.values(steps).map(({ setting, state }) => `${setting} ${state}`)).toEqual([
    'bucket unchanged',
    'public-access created',
    'encryption created',
    'cors created',
    'lifecycle created',
    'journal created',
  ])
  expect(stub?.changes()).toEqual([
    // It is tried whether uploads go through, before and after.
    ...['POST uploads', 'PUT partNumber', 'DELETE uploadId'],
    'PUT publicAccessBlock',
    ...['POST uploads', 'PUT partNumber', 'DELETE uploadId'],
    ...['POST uploads', 'PUT partNumber', 'DELETE uploadId'],
    'PUT encryption',
    'PUT cors',
    'PUT lifecycle',
    'PUT lifecycle',
  ])
  const sent = (name: string) => stub?.seen.find(({ request }) => request === name)?.body
  expect(sent('PUT publicAccessBlock')).toContain('<BlockPublicAcls>true</BlockPublicAcls>')
  expect(sent('PUT encryption')).toContain('<SSEAlgorithm>AES256</SSEAlgorithm>')
})

test('the plan changes nothing; whether the store can encrypt it tries with an upload that it aborts', async () => {
  const { target, changes } = await open()
  const steps = await planSetup({ ...target, origins })
  expect(steps.map(({ state }) => state)).toEqual(['unchanged', ...Array(5).fill('create')])
  expect(changes()).toEqual(['POST uploads', 'PUT partNumber', 'DELETE uploadId'])
})

describe('the bucket', () => {
  const missing = { 'GET list-type': fault(404, 'NoSuchBucket') }

  test('in a region other than us-east-1, S3 is told which', async () => {
    const { target, seen } = await open(missing)
    target.client.config.region = async () => 'eu-west-1'
    const [step] = await setup({ ...target, origins })
    expect(step).toEqual({ setting: 'bucket', state: 'created', detail: '"media" in eu-west-1' })
    expect(seen.find(({ request }) => request === 'PUT')?.body).toContain(
      '<LocationConstraint>eu-west-1</LocationConstraint>',
    )
  })

  test.each([
    [fault(400, 'InvalidBucketName'), expect.stringContaining('"media" cannot be the name of a bucket.')],
    [fault(409, 'BucketAlreadyExists'), 'The bucket "media" belongs to somebody else. Choose another name.'],
    [
      fault(403, 'AccessDenied'),
      'The credentials may not do s3:CreateBucket on the bucket "media". Allow it, or use others.',
    ],
    [
      fault(400, 'InvalidLocationConstraint'),
      'This store has no region "us-east-1". Configure its own, which is us-east-1 for most stores.',
    ],
    [
      fault(400, 'TooManyBuckets'),
      'S3 refuses s3:CreateBucket on the bucket "media" (TooManyBuckets: about TooManyBuckets).',
    ],
  ])('that cannot be created is the only step that fails: %j', async (reply, detail) => {
    const steps = await run({ ...missing, PUT: reply })
    expect(steps.bucket).toMatchObject({ state: 'failed', detail })
    expect(steps.cors).toEqual({ setting: 'cors', state: 'skipped', detail: 'There is no bucket.' })
    expect(stub?.changes()).toEqual(['PUT'])
  })

  test('with a name from before the rules is set up, where it is there', async () => {
    const { target } = await open()
    const [step] = await setup({ ...target, bucket: 'My_Media', origins })
    expect(step).toMatchObject({ state: 'unchanged' })
  })

  test('that may not be listed is set up all the same', async () => {
    const steps = await run({ 'GET list-type': fault(403, 'AccessDenied') })
    expect(steps.bucket).toMatchObject({ state: 'failed', fix: 'Allow s3:ListBucket on arn:aws:s3:::media.' })
    expect(steps.cors).toMatchObject({ state: 'created' })
  })
})

describe('public access', () => {
  const refusing: Record<string, (before: Seen[]) => StubReply> = {
    // As Ceph 18 does while BlockPublicAcls is on.
    'PUT partNumber': (before) => {
      const last = before.findLast(({ request }) => request === 'PUT publicAccessBlock')
      return last?.body.includes('<BlockPublicAcls>') ? fault(403, 'AccessDenied') : { status: 200 }
    },
  }
  const blocking = ['IgnorePublicAcls', 'RestrictPublicBuckets']

  test.each([
    ['that is blocked', pab('BlockPublicAcls', 'BlockPublicPolicy', ...blocking), 'unchanged'],
    [
      'that is blocked but for what refuses to be set and would have no effect',
      pab(...blocking),
      'unchanged',
    ],
    ['that is blocked in part', pab('BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy'), 'changed'],
    ['on a store without such blocks', fault(501, 'NotImplemented'), 'skipped'],
    ['that may not be read', fault(403, 'AccessDenied'), 'failed'],
  ])('%s', async (_, reply, state) => {
    expect((await run({ 'GET publicAccessBlock': reply }))['public-access']).toMatchObject({ state })
  })

  // Ceph 18 says so with more bytes than it announces; the next reply on the connection would begin with them.
  test('is read on a connection of its own', async () => {
    await run()
    const connectionOf = (name: string) => stub?.seen.find(({ request }) => request === name)?.connection
    expect(connectionOf('GET publicAccessBlock')).toBe('close')
    expect(connectionOf('GET cors')).toBe('keep-alive')
  })

  test('a block that breaks uploads is taken back in part', async () => {
    expect((await run(refusing))['public-access']).toMatchObject({
      state: 'created',
      detail: expect.stringMatching(/^ignore public ACLs; not BlockPublicAcls and BlockPublicPolicy/),
    })
  })

  test('what was blocked before stays so', async () => {
    const steps = await run({ ...refusing, 'GET publicAccessBlock': pab('BlockPublicPolicy') })
    expect(steps['public-access']).toMatchObject({ state: 'changed' })
    const sent = stub?.seen.findLast(({ request }) => request === 'PUT publicAccessBlock')?.body
    expect(sent).toContain('<BlockPublicPolicy>true</BlockPublicPolicy>')
    expect(sent).toContain('<IgnorePublicAcls>true</IgnorePublicAcls>')
  })

  test('one that breaks uploads however it is set is taken back altogether', async () => {
    const steps = await run({
      'PUT partNumber': (before) =>
        before.some(({ request }) => request === 'PUT publicAccessBlock')
          ? fault(403, 'AccessDenied')
          : { status: 200 },
    })
    expect(steps['public-access']).toMatchObject({ state: 'skipped' })
    expect(stub?.changes()).toContain('DELETE publicAccessBlock')
  })

  test('credentials that may not upload cannot tell, so it stays', async () => {
    const steps = await run({ 'POST uploads': fault(403, 'AccessDenied') })
    expect(steps['public-access']).toMatchObject({ state: 'created', detail: 'block all public access' })
    expect(stub?.changes().filter((name) => name.endsWith('publicAccessBlock'))).toHaveLength(1)
  })
})

test.each([
  ['that is on', { 'GET encryption': encrypted('AES256') }, 'unchanged'],
  ['with keys of KMS', { 'GET encryption': encrypted('aws:kms') }, 'unchanged'],
  ['on a store without it', { 'GET encryption': fault(501, 'NotImplemented') }, 'skipped'],
  ['on a store without keys', { 'POST uploads': fault(400, 'InvalidRequest') }, 'skipped'],
  ['that cannot be written', { 'PUT encryption': fault(501, 'NotImplemented') }, 'skipped'],
  ['that may not be written', { 'PUT encryption': fault(403, 'AccessDenied') }, 'failed'],
])('encryption %s', async (_, replies, state) => {
  const { encryption } = await run(replies)
  expect(encryption).toMatchObject({ state })
  if (state === 'unchanged') expect(stub?.changes()).not.toContain('PUT encryption')
})

test.each([
  ['on a store without them', { 'GET cors': fault(501, 'NotImplemented') }, 'skipped'],
  ['that cannot be written', { 'PUT cors': fault(501, 'NotImplemented') }, 'skipped'],
  ['that the store takes for nonsense', { 'PUT cors': fault(400, 'MalformedXML') }, 'skipped'],
  ['with another method', { 'PUT cors': fault(405, 'MethodNotAllowed') }, 'skipped'],
  ['that may not be read', { 'GET cors': fault(403, 'AccessDenied') }, 'failed'],
  ['that are refused', { 'PUT cors': fault(400, 'InvalidRequest') }, 'failed'],
])('CORS rules %s', async (_, replies, state) => {
  const { cors, lifecycle } = await run(replies)
  expect(cors).toMatchObject({ state })
  expect(lifecycle).toMatchObject({ state: 'created' })
  if (state === 'skipped') expect(cors?.fix).toContain('MINIO_API_CORS_ALLOW_ORIGIN')
})

describe('lifecycle rules', () => {
  test.each([
    ['on a store without them', { 'GET lifecycle': fault(501, 'NotImplemented') }, 'skipped'],
    ['that the store takes for nonsense', { 'PUT lifecycle': fault(400, 'MalformedXML') }, 'skipped'],
    ['that may not be written', { 'PUT lifecycle': fault(403, 'AccessDenied') }, 'failed'],
  ])('%s', async (_, replies, state) => {
    expect((await run(replies)).lifecycle).toMatchObject({ state })
  })

  const rule = (id: string, action: string) =>
    `<Rule><ID>${id}</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>${action}</Rule>`
  const expiring = rule('other', '<Expiration><Days>30</Days></Expiration>')
  const rules = (...all: string[]) =>
    document(`<LifecycleConfiguration>${all.join('')}</LifecycleConfiguration>`)

  // MinIO.
  test('that the store keeps without their action are taken back', async () => {
    const steps = await run({
      'GET lifecycle': (before) =>
        before.some(({ request }) => request === 'PUT lifecycle')
          ? rules(expiring, rule('partway', ''))
          : rules(expiring),
    })
    expect(steps.lifecycle).toMatchObject({
      state: 'skipped',
      detail: 'This store keeps no rule that aborts unfinished uploads.',
      fix: expect.stringContaining('partway sweep'),
    })
    const written = stub?.seen.filter(({ request }) => request === 'PUT lifecycle') ?? []
    expect(written.map(({ body }) => body.includes('<ID>partway</ID>'))).toEqual([true, false])
    expect(written[1]?.body).toContain('<ID>other</ID>')
  })

  test('go back with what S3 keeps beside them', async () => {
    const { target } = await open({
      'GET lifecycle': {
        ...rules(expiring),
        headers: { 'x-amz-transition-default-minimum-object-size': 'varies_by_storage_class' },
      },
    })
    let sent: unknown
    target.client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'PutBucketLifecycleConfigurationCommand') {
          sent = (args.request as { headers: Record<string, string> }).headers[
            'x-amz-transition-default-minimum-object-size'
          ]
        }
        return next(args)
      },
      { step: 'finalizeRequest' },
    )
    await setup({ ...target, origins })
    expect(sent).toBe('varies_by_storage_class')
  })
})

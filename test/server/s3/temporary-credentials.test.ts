// Temporary credentials: what STS is asked for, what the page gets, and how STS's failures look.
import { S3Client } from '@aws-sdk/client-s3'
import { STSClient } from '@aws-sdk/client-sts'
import { afterEach, describe, expect, test } from 'vitest'
import { ownerPrefix } from '../../../server/core/src/rules/object-key.js'
import {
  type CredentialsIssuerOptions,
  createCredentialsIssuer,
  StsSchema,
} from '../../../server/core/src/s3/temporary-credentials.js'
import { freePort } from '../../support/free-port.js'
import { type Served, serve } from '../serve.js'

const roleArn = 'arn:aws:iam::123456789012:role/uploads'
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI' }
const open: Served[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()))
})

const issued = (action: string) => `<${action}Response><${action}Result><Credentials>
  <AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
  <SessionToken>token</SessionToken><Expiration>2030-01-02T03:04:05Z</Expiration>
</Credentials></${action}Result></${action}Response>`

const fault = (code: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>about ${code}</Message></Error></ErrorResponse>`

type Reply = { status: number; body: string }

/** A store whose STS answers as it is told to; `undefined` never answers. */
async function openSts(answer: (action: string) => Reply | undefined) {
  const requests: Record<string, string>[] = []
  const store = await serve(async (request, response) => {
    const chunks = await request.toArray()
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
    requests.push(form)
    const reply = answer(form.Action ?? '')
    if (reply) response.writeHead(reply.status, { 'content-type': 'text/xml' }).end(reply.body)
  })
  open.push(store)
  return { requests, origin: store.origin }
}

function issuerAt(endpoint: string, more: Partial<CredentialsIssuerOptions> = {}) {
  // The SDK's own retries would only make this slow.
  const settings = { endpoint, region: 'eu-west-1', credentials: keys, maxAttempts: 1 }
  return createCredentialsIssuer({
    sts: { roleArn },
    s3Client: new S3Client(settings),
    bucket: 'media',
    ownerPrefix: (owner) => ownerPrefix('users/', owner),
    timeoutMs: 30_000,
    ...more,
  })
}

const ok = (action: string): Reply => ({ status: 200, body: issued(action) })

describe('what STS is asked for', () => {
  test('a role, with a policy for uploads under the prefix of the owner', async () => {
    const { requests, origin } = await openSts(ok)
    await issuerAt(origin, { sts: { roleArn, durationSeconds: 900, externalId: 'shared' } })(
      'ada@example.com',
    )
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: roleArn,
      DurationSeconds: '900',
      ExternalId: 'shared',
    })
    expect(JSON.parse(requests[0]?.Policy ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
          Resource: 'arn:aws:s3:::media/users/ada!40example.com/*',
        },
      ],
    })
  })

  test('nothing where pages would reach the journal, or its entries would lie among theirs', async () => {
    const { requests, origin } = await openSts(ok)
    const apart = 'must be apart from what pages write to'
    const within = (prefix: string, bucket = 'media') => issuerAt(origin, { journal: { bucket, prefix } })
    expect(() => within('users/')).toThrow(apart)
    expect(() => issuerAt(origin, { ownerPrefix: (owner) => ownerPrefix('.partway/', owner) })).toThrow(apart)
    await expect(within('users/ada/')('ada')).rejects.toThrow(apart)
    await expect(within('users/ada/journal/')('ada')).rejects.toThrow(apart)
    expect(requests).toEqual([])
    await within('users/ada/')('linus')
    await within('users/', 'journal')('ada')
    expect(requests).toHaveLength(2)
  })

  test('without a role: a federation token, for an hour', async () => {
    const { requests, origin } = await openSts(ok)
    await issuerAt(origin, { sts: {} })('ada')
    expect(requests).toMatchObject([{ Action: 'GetFederationToken', DurationSeconds: '3600' }])
    expect(requests[0]?.Policy).toContain('media/users/ada/*')
  })

  test('under a name that AWS takes, another one for every owner', async () => {
    const { requests, origin } = await openSts(ok)
    const long = 'x'.repeat(127)
    for (const owner of ['ada', 'a d/a+b', 'a-d-a-b', 'Зоя', '😀', `${long}1`, `${long}2`]) {
      await issuerAt(origin, { sts: {} })(owner)
      await issuerAt(origin)(owner)
    }
    const names = requests.map(({ Name, RoleSessionName }) => Name ?? RoleSessionName)
    for (const name of names) expect(name).toMatch(/^[\w=,.@-]{2,32}$/)
    expect(new Set(names)).toHaveLength(names.length / 2)
    expect(names[0]).toMatch(/^ada-/)
  })

  test('through the client of the host, if there is one', async () => {
    const { requests, origin } = await openSts(ok)
    const client = new STSClient({ endpoint: origin, region: 'eu-west-1', credentials: keys })
    await issuerAt('http://127.0.0.1:1', { sts: { roleArn, client } })('ada')
    expect(requests).toHaveLength(1)
  })

  test.each([
    ['eu-west-1', 'https://s3.eu-west-1.amazonaws.com', 'sts.eu-west-1.amazonaws.com', 'arn:aws:s3:::media/'],
    ['cn-north-1', undefined, 'sts.cn-north-1.amazonaws.com.cn', 'arn:aws-cn:s3:::media/'],
    ['us-gov-west-1', undefined, 'sts.us-gov-west-1.amazonaws.com', 'arn:aws-us-gov:s3:::media/'],
    ['us-east-1', 'https://store.example:8443', 'store.example', 'arn:aws:s3:::media/'],
  ])('in %s with S3 at %s: %s', async (region, endpoint, host, resource) => {
    const seen: { hostname: string; body: string }[] = []
    const requestHandler = {
      async handle(request: { hostname: string; body: string }) {
        seen.push(request)
        const body = new Blob([issued('AssumeRole')]).stream()
        return { response: { statusCode: 200, headers: {}, body } }
      },
    }
    const s3Client = new S3Client({
      region,
      credentials: keys,
      requestHandler,
      ...(endpoint !== undefined && { endpoint }),
    })
    const { bucket, region: told } = await issuerAt('http://unused', { s3Client })('ada')
    expect({ bucket, told }).toEqual({ bucket: 'media', told: region })
    expect(seen.map(({ hostname }) => hostname)).toEqual([host])
    expect(new URLSearchParams(seen[0]?.body).get('Policy')).toContain(resource)
  })
})

test('the page gets what @uppy/aws-s3 5 and 6 each read, and the prefix for its keys', async () => {
  const { origin } = await openSts(ok)
  expect(await issuerAt(origin)('ada')).toEqual({
    credentials: {
      AccessKeyId: 'ASIAEXAMPLE',
      SecretAccessKey: 'secret',
      SessionToken: 'token',
      Expiration: '2030-01-02T03:04:05.000Z',
      accessKeyId: 'ASIAEXAMPLE',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: '2030-01-02T03:04:05.000Z',
    },
    bucket: 'media',
    region: 'eu-west-1',
    keyPrefix: 'users/ada/',
  })
})

describe('failures of STS', () => {
  test.each([
    [403, 'AccessDenied', { code: 's3_access_denied', message: expect.stringContaining('sts:AssumeRole') }],
    [403, 'ExpiredToken', { code: 's3_credentials_rejected' }],
    [403, 'InvalidClientTokenId', { code: 's3_credentials_rejected' }],
    [400, 'Throttling', { code: 's3_busy', retryAfterSeconds: 5 }],
    [503, 'ServiceUnavailable', { code: 's3_busy' }],
    [400, 'MalformedPolicyDocument', { name: expect.stringMatching(/^MalformedPolicyDocument/) }],
  ])('%i %s', async (status, code, expected) => {
    const { origin } = await openSts(() => ({ status, body: fault(code) }))
    await expect(issuerAt(origin)('ada')).rejects.toMatchObject(expected)
  })

  test('no answer in time', async () => {
    const { origin } = await openSts(() => undefined)
    await expect(issuerAt(origin, { timeoutMs: 500 })('ada')).rejects.toMatchObject({ code: 's3_busy' })
  })

  test('no connection', async () => {
    const issue = issuerAt(`http://127.0.0.1:${await freePort()}`)
    await expect(issue('ada')).rejects.toMatchObject({ code: 's3_unreachable' })
  })

  test('an answer without credentials', async () => {
    const { origin } = await openSts(() => ({ status: 200, body: '<AssumeRoleResponse/>' }))
    await expect(issuerAt(origin)('ada')).rejects.toThrow('STS answered without credentials')
  })
})

describe('what a policy would read as something else is refused', () => {
  test.each([
    '',
    'users/*/',
    'users/?/',
    `users/$\{aws:username}/`,
    'users/ada',
    'üsers/',
    'a"b/',
    'a b/',
    'a/\n',
  ])('prefix %j', (prefix) => {
    expect(() => issuerAt('http://s3', { ownerPrefix: () => prefix })).toThrow(TypeError)
  })

  test('a prefix too long for a policy', () => {
    const ownerPrefix = () => `${'x'.repeat(2000)}/`
    expect(() => issuerAt('http://s3', { ownerPrefix })).toThrow(/must be shorter/)
  })

  test('a prefix that is wrong for one owner only', async () => {
    const { requests, origin } = await openSts(ok)
    const issue = issuerAt(origin, { ownerPrefix: (owner) => `${owner}/` })
    await expect(issue('*')).rejects.toThrow(TypeError)
    expect(requests).toEqual([])
  })

  test.each(['arn:aws:s3:eu-west-1:123456789012:accesspoint/media', '*', 'media/x'])(
    'bucket %j',
    (bucket) => {
      expect(() => issuerAt('http://s3', { bucket })).toThrow(TypeError)
    },
  )
})

describe('options', () => {
  test.each([
    {},
    { roleArn },
    { roleArn: 'arn:aws:iam:::role/uploads', durationSeconds: 900 },
    { roleArn, durationSeconds: 43_200, externalId: 'a:b/c' },
  ])('%o', (options) => {
    expect(StsSchema.parse(options)).toEqual(options)
  })

  test.each([
    { roleArn: 'uploads' },
    { roleArn: 'arn:aws:iam::123456789012:user/ada' },
    { durationSeconds: 899 },
    { durationSeconds: 43_201 },
    { durationSeconds: 1000.5 },
    { externalId: 'shared' },
    { roleArn, externalId: 'a b' },
    { client: 'https://sts.amazonaws.com' },
    { durationSecond: 900 },
  ])('not %o', (options) => {
    expect(StsSchema.safeParse(options).success).toBe(false)
  })
})

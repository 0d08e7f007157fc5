// On AWS: whose the credentials are, asked of STS. Replies of AWS, as its documentation has them.
import { S3Client } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { credentials } from '../../../../server/core/src/bucket/doctor/checks/credentials.js'
import { region } from '../../../../server/core/src/bucket/doctor/checks/region.js'
import { Probe } from '../../../../server/core/src/bucket/doctor/probe.js'

interface AwsReply {
  statusCode: number
  headers: Record<string, string>
  body: string
}

/** A probe whose SDK clients get these replies. */
function probeAws(answer: (hostname: string) => AwsReply): Probe {
  const handle = async ({ hostname }: { hostname: string }) => {
    const { body, ...head } = answer(hostname)
    return { response: { ...head, body: new Blob([body]).stream() } }
  }
  const client = new S3Client({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-secret-of-nobody' },
    requestHandler: { handle } as unknown as S3Client['config']['requestHandler'],
    maxAttempts: 1,
  })
  const journal = { bucket: 'media', prefix: '.partway/' }
  const settings = { bucket: 'media', origin: 'https://app.example', prefix: '', journal, timeoutMs: 1000 }
  return new Probe({ client, signingClient: undefined, ...settings, signal: new AbortController().signal })
}

const xml = (statusCode: number, body: string, headers = {}): AwsReply => ({
  statusCode,
  headers: { 'content-type': 'text/xml', ...headers },
  body,
})
const list = xml(200, '<ListBucketResult><Name>media</Name></ListBucketResult>')
const refuse = (status: number, code: string, more = '', headers = {}) =>
  xml(status, `<Error><Code>${code}</Code><Message>No.</Message>${more}</Error>`, headers)

test('S3 accepts them, and STS says whose they are', async () => {
  const arn = 'arn:aws:iam::123456789012:user/uploads'
  const identity = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${arn}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`
  const probe = probeAws((hostname) => (hostname.startsWith('sts.') ? xml(200, identity) : list))
  expect(await credentials.run(probe)).toEqual({
    state: 'ok',
    seen: `S3 accepts the access key AKIA…MPLE of ${arn}`,
  })
})

test('STS does not answer: S3 accepts them all the same', async () => {
  const probe = probeAws((hostname) => (hostname.startsWith('sts.') ? refuse(403, 'AccessDenied') : list))
  expect(await credentials.run(probe)).toEqual({ state: 'ok', seen: 'S3 accepts the access key AKIA…MPLE' })
})

test('they have expired', async () => {
  const found = await credentials.run(probeAws(() => refuse(400, 'ExpiredToken')))
  expect(found).toMatchObject({ state: 'failed', fix: 'Sign in again, or let a role renew it.' })
  expect(found.seen).toContain('the access key AKIA…MPLE has expired (400 ExpiredToken')
})

test.for<[what: string, reply: AwsReply]>([
  ['in an element of a redirect', refuse(301, 'PermanentRedirect', '<Region>us-west-2</Region>')],
  ['in a header of a redirect', refuse(301, 'PermanentRedirect', '', { 'x-amz-bucket-region': 'us-west-2' })],
  ['in an element of a refusal', refuse(400, 'AuthorizationHeaderMalformed', '<Region>us-west-2</Region>')],
  [
    'in the sentence of a refusal',
    xml(
      400,
      "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'eu-west-1' is wrong; expecting 'us-west-2'</Message></Error>",
    ),
  ],
])('another region is told %s', async ([, reply]) => {
  const found = await region.run(probeAws(() => reply))
  expect(found).toMatchObject({ state: 'failed' })
  expect(found.seen).toContain('requests are signed for eu-west-1, and the bucket is in us-west-2')
  expect(found.fix).toContain('--region us-west-2')
})

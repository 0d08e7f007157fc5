// Whether there are credentials, S3 accepts them, and on AWS whose they are.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { PartwayError } from '../../../errors.js'
import { readFailure, toPartwayError } from '../../../s3/s3-errors.js'
import type { Check } from '../check.js'
import { describeFailure, explainFailure } from '../explain-failure.js'
import type { Probe } from '../probe.js'
import { type Finding, failed, ok } from '../report.js'

const WHERE =
  'The AWS SDK takes them from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, from a profile (--profile, AWS_PROFILE), or from the role of the machine.'

export const credentials: Check = {
  name: 'credentials',
  needs: ['region'],
  async run(probe) {
    const found = await probe.client.config.credentials().catch((error: Error) => error)
    if (found instanceof Error) return failed('no credentials were found', WHERE)
    const key = `the access key ${mask(found.accessKeyId)}`
    const { error } = await probe.look()
    const refusal =
      error === undefined ? undefined : explain(error, key, new URL(await probe.bucketUrl()).host)
    if (refusal) return refusal
    const identity = await askIdentity(probe)
    return ok(identity ? `S3 accepts ${key} of ${identity}` : `S3 accepts ${key}`)
  },
}

function explain(error: unknown, key: string, where: string): Finding | undefined {
  const { name, status } = readFailure(error)
  const answer = describeFailure(error)
  if (name === 'SignatureDoesNotMatch') {
    return failed(
      `S3 knows ${key}, but its secret is another (${answer})`,
      `Give the secret that belongs to the key. ${WHERE}`,
    )
  }
  if (/^Expired/.test(name))
    return failed(`${key} has expired (${answer})`, 'Sign in again, or let a role renew it.')
  const known = toPartwayError(error, 's3:ListBucket')
  const code = known instanceof PartwayError ? known.code : undefined
  if (code === 's3_credentials_rejected' || status === 401) {
    return failed(
      `S3 does not know ${key} (${answer})`,
      `Give a key of this store and account that is in force. ${WHERE}`,
    )
  }
  // Who is refused this call is known; a bucket that is missing is the next check's.
  if (code === 's3_access_denied' || code === 'bucket_missing') return undefined
  const { seen, fix } = explainFailure(error, where)
  return failed(seen, fix)
}

/** Where there is AWS, and STS answers. */
async function askIdentity({ client, timeLimit }: Probe): Promise<string | undefined> {
  // Another store has STS, if any, for roles only.
  if (await client.config.endpoint?.()) return undefined
  const { region, credentials } = client.config
  const sts = new STSClient({ region, credentials })
  try {
    return (await sts.send(new GetCallerIdentityCommand(), { abortSignal: timeLimit() })).Arn
  } catch {
    return undefined
  } finally {
    sts.destroy()
  }
}

/** It is no secret, and still nobody's business. */
function mask(accessKeyId: string): string {
  return accessKeyId.length < 12 ? accessKeyId : `${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}`
}

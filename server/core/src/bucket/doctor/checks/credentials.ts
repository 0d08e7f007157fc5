// Whether S3 accepts the credentials, and on AWS whose they are.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { PartwayError } from '../../../errors.js'
import { readFailure, toPartwayError } from '../../../s3/s3-errors.js'
import type { Check } from '../check.js'
import { describeFailure, explainFailure } from '../explain-failure.js'
import type { Probe } from '../probe.js'
import { type Finding, failed, ok } from '../report.js'
import { mask, WHERE_CREDENTIALS_ARE } from './configuration.js'

export const credentials: Check = {
  name: 'credentials',
  needs: ['region'],
  async run(probe) {
    const { accessKeyId } = await probe.client.config.credentials()
    const key = `the access key ${mask(accessKeyId)}`
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
      `Give the secret that belongs to the key. ${WHERE_CREDENTIALS_ARE}`,
    )
  }
  if (/^Expired/.test(name))
    return failed(`${key} has expired (${answer})`, 'Sign in again, or let a role renew it.')
  const known = toPartwayError(error, 's3:ListBucket')
  const code = known instanceof PartwayError ? known.code : undefined
  if (code === 's3_credentials_rejected' || status === 401) {
    return failed(
      `S3 does not know ${key} (${answer})`,
      `Give a key of this store and account that is in force. ${WHERE_CREDENTIALS_ARE}`,
    )
  }
  // S3 knows the key if it only refuses this call; a missing bucket is for the next check.
  if (code === 's3_access_denied' || code === 'bucket_missing') return undefined
  const { seen, fix } = explainFailure(error, where)
  return failed(seen, fix)
}

/** The caller's ARN, on AWS and if STS answers. */
async function askIdentity({ client, timeLimit }: Probe): Promise<string | undefined> {
  // Other stores have STS, if at all, for roles only.
  if (await client.config.endpoint?.()) return undefined
  const { region, credentials, requestHandler, maxAttempts } = client.config
  const sts = new STSClient({ region, credentials, requestHandler, maxAttempts })
  try {
    return (await sts.send(new GetCallerIdentityCommand(), { abortSignal: timeLimit() })).Arn
  } catch {
    return undefined
  }
}

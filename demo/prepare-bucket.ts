// Makes sure that the demo's bucket is there and lets the demo's page in.
import type { S3Client } from '@aws-sdk/client-s3'
import { BucketError, planSetup, type SetupOptions, setup } from '@partway/server/bucket'
import { DemoError } from './demo-error.js'

/**
 * Creates the bucket where it is missing, and gives a bucket that has no CORS rule one for `origins`.
 * Rules that are there are left alone, as they are where these credentials may not see them: somebody's app may need them.
 *
 * @param isDemosOwn no app needs them, and this run's page may be on another port than the last one's
 */
export async function prepareBucket(
  client: S3Client,
  bucket: string,
  origins: string[],
  isDemosOwn = false,
): Promise<void> {
  const options: SetupOptions = {
    client,
    bucket,
    origins,
    skip: ['public-access', 'encryption', 'lifecycle', 'journal'],
  }
  try {
    const plan = await planSetup(options)
    const isNeeded = isDemosOwn || plan.some(({ state }) => state === 'create')
    const [step] = isNeeded ? await setup(options) : plan
    if (step?.state === 'failed') throw new DemoError(`The bucket cannot be used. ${step.detail}`)
  } catch (error) {
    throw await explain(error, client, bucket)
  }
}

async function explain(error: unknown, client: S3Client, bucket: string): Promise<unknown> {
  if (!(error instanceof BucketError)) return error
  const { code, message, cause } = error
  const endpoint = await client.config.endpoint?.()
  const where = endpoint ? `${endpoint.protocol}//${endpoint.hostname}:${endpoint.port ?? ''}` : 'AWS'
  if (code === 's3_unreachable') {
    const reason = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : ''
    return new DemoError(`No S3 answers at ${where}${reason}. Start it, or correct S3_ENDPOINT.`, { cause })
  }
  if (code === 'invalid_credentials') {
    return new DemoError(
      `The S3 at ${where} refuses these credentials for the bucket "${bucket}" (${cause instanceof Error ? cause.name : code}). ` +
        'Check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and S3_BUCKET.',
      { cause },
    )
  }
  return new DemoError(`The S3 at ${where} cannot be used. ${message}`, { cause })
}

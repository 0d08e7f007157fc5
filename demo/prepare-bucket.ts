// Makes sure that the demo's bucket exists, and that its CORS rules allow the demo's page.
import type { S3Client } from '@aws-sdk/client-s3'
import { BucketError, planSetup, type SetupOptions, setup } from '@partway/server/bucket'
import { DemoError } from './demo-error.js'

/**
 * Creates the bucket if it is missing, and gives a bucket without CORS rules one for `origins`.
 * Leaves present rules alone, and rules that these credentials may not read: another app may need them.
 *
 * @param isDemosOwn no other app needs the rules, and this run's page may use another port than the last one's
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

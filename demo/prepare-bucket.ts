// Makes sure that the demo's bucket is there and lets the demo's page in.
import {
  CreateBucketCommand,
  GetBucketCorsCommand,
  HeadBucketCommand,
  PutBucketCorsCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { DemoError } from './demo-error.js'

/**
 * Creates the bucket where it is missing, and gives a bucket that has no CORS rule one for `origins`.
 * CORS rules that somebody else made are left alone, as they are where these credentials may not see them.
 */
export async function prepareBucket(client: S3Client, bucket: string, origins: string[]): Promise<void> {
  try {
    if (!(await bucketExists(client, bucket))) await client.send(new CreateBucketCommand({ Bucket: bucket }))
    if (!(await hasCorsRules(client, bucket))) await putCorsRules(client, bucket, origins)
  } catch (error) {
    throw await explain(error, client, bucket)
  }
}

/** Lets the page in from `origins`, whatever port it had before. */
export async function putCorsRules(client: S3Client, bucket: string, origins: string[]): Promise<void> {
  const rule = {
    AllowedOrigins: origins,
    AllowedMethods: ['POST', 'PUT'],
    AllowedHeaders: ['*'],
    MaxAgeSeconds: 3600,
  }
  await client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules: [rule] } }))
}

async function bucketExists(client: S3Client, bucket: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }))
    return true
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return false
    throw error
  }
}

async function hasCorsRules(client: S3Client, bucket: string): Promise<boolean> {
  try {
    await client.send(new GetBucketCorsCommand({ Bucket: bucket }))
    return true
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'NoSuchCORSConfiguration') return false
    if (error instanceof S3ServiceException && error.name === 'AccessDenied') return true
    throw error
  }
}

async function explain(error: unknown, client: S3Client, bucket: string): Promise<unknown> {
  const endpoint = await client.config.endpoint?.()
  const where = endpoint ? `${endpoint.protocol}//${endpoint.hostname}:${endpoint.port ?? ''}` : 'AWS'
  if (!(error instanceof S3ServiceException)) {
    const reason = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    return new DemoError(`No S3 answers at ${where}${reason}. Start it, or correct S3_ENDPOINT.`, {
      cause: error,
    })
  }
  const status = error.$metadata.httpStatusCode
  if (status === 403 || status === 401) {
    return new DemoError(
      `The S3 at ${where} refuses these credentials for the bucket "${bucket}" (${error.name}). ` +
        'Check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and S3_BUCKET.',
      { cause: error },
    )
  }
  return new DemoError(
    `The S3 at ${where} answers ${error.name} for the bucket "${bucket}": ${error.message}`,
    {
      cause: error,
    },
  )
}

// Buckets for the doctor to look at: a healthy one, and what breaks it.
import {
  type CORSRule,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3'
import { type DoctorOptions, type DoctorReport, doctor, type Step } from '@partway/server/bucket'
import { expect } from 'vitest'
import { createBucket, type S3UnderTest } from '../../../support/s3-under-test.js'

export const origin = 'https://app.example'

/** A bucket with CORS rules for the origin and a lifecycle rule; on Ceph with the policy of docs/bucket.md for the limited user. */
export async function createHealthyBucket({ client }: S3UnderTest): Promise<string> {
  const bucket = await createBucket(client, [origin])
  const rule = {
    ID: 'abort-incomplete-uploads',
    Status: 'Enabled',
    Filter: { Prefix: '' },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  } as const
  const LifecycleConfiguration = { Rules: [rule] }
  await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration }))
  return bucket
}

/** Puts this one CORS rule in the place of those that are there. */
export async function replaceCors({ client }: S3UnderTest, bucket: string, rule: CORSRule): Promise<void> {
  const CORSConfiguration = { CORSRules: [rule] }
  await client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration }))
}

/** The doctor with the account's full rights, unless told otherwise. */
export async function examine(
  s3: S3UnderTest,
  bucket: string,
  more: Partial<DoctorOptions> = {},
): Promise<DoctorReport> {
  return await doctor({
    bucket,
    origin,
    region: s3.region,
    endpoint: s3.endpoint,
    credentials: s3.credentials,
    forcePathStyle: true,
    ...more,
  } as DoctorOptions)
}

export function stepOf({ steps }: Pick<DoctorReport, 'steps'>, name: string): Step {
  const step = steps.find((candidate) => candidate.name === name)
  if (!step) throw new Error(`There is no step ${name}`)
  return step
}

export function namesOf({ steps }: Pick<DoctorReport, 'steps'>, state: Step['state']): string[] {
  return steps.filter((step) => step.state === state).map(({ name }) => name)
}

/** Names of the steps that failed. What was seen is in the message when they are others. */
export function expectFailed({ steps }: Pick<DoctorReport, 'steps'>, names: string[]): void {
  const failed = steps.filter(({ state }) => state === 'failed')
  const seen = failed.map(({ name, seen }) => `${name}: ${seen}`).join('\n')
  expect(
    failed.map(({ name }) => name),
    seen,
  ).toEqual(names)
}

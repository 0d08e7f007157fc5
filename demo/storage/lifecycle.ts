// Lifecycle rules that abort unfinished multipart uploads, and carrying them out.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html

import { abortUpload } from './operations/multipart-upload.js'
import { S3Error } from './s3-error.js'
import type { Bucket } from './state/bucket.js'
import type { Buckets } from './state/buckets.js'

const dayMs = 24 * 60 * 60_000
const intervalMs = 60 * 60_000

/** Applies the rules now and every hour, until the returned function is called. */
export async function startLifecycle(buckets: Buckets): Promise<() => void> {
  const apply = async (): Promise<void> => {
    for (const bucket of buckets.all()) await abortDueUploads(bucket, Date.now())
  }
  await apply()
  const timer = setInterval(() => {
    apply().catch((error: unknown) => console.error('Lifecycle rules were not applied:', error))
  }, intervalMs).unref()
  return () => clearInterval(timer)
}

async function abortDueUploads(bucket: Bucket, now: number): Promise<void> {
  for (const { record } of [...bucket.uploads.values()]) {
    const isDue = bucket.record.lifecycleRules?.some(
      ({ isEnabled, prefix, daysAfterInitiation }) =>
        isEnabled &&
        record.key.startsWith(prefix) &&
        dueAt(Date.parse(record.initiated), daysAfterInitiation) <= now,
    )
    if (isDue) await abortUpload(bucket, record.uploadId, record.key).catch(ignoreGone)
  }
}

/** S3 adds the days and goes on to the next midnight UTC. */
function dueAt(initiated: number, days: number): number {
  return Math.ceil((initiated + days * dayMs) / dayMs) * dayMs
}

/** It was completed or aborted in the meantime. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof S3Error && (error.code === 'NoSuchUpload' || error.code === 'NoSuchBucket')))
    throw error
}

// Applies lifecycle rules that abort unfinished multipart uploads and delete objects.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html

import { abortUpload } from './operations/multipart-upload.js'
import { S3Error } from './s3-error.js'
import type { Bucket } from './state/bucket.js'
import type { Buckets } from './state/buckets.js'
import type { LifecycleRule } from './state/records.js'

const dayMs = 24 * 60 * 60_000
const intervalMs = 60 * 60_000

/** Applies the rules now and every hour, until the returned function is called. */
export async function startLifecycle(buckets: Buckets): Promise<() => void> {
  const apply = async (): Promise<void> => {
    for (const bucket of buckets.all()) await applyRules(bucket, Date.now())
  }
  await apply()
  const timer = setInterval(() => {
    apply().catch((error: unknown) => console.error('Lifecycle rules were not applied:', error))
  }, intervalMs).unref()
  return () => clearInterval(timer)
}

async function applyRules(bucket: Bucket, now: number): Promise<void> {
  const isDue = (key: string, since: string, daysOf: (rule: LifecycleRule) => number | undefined) =>
    bucket.record.lifecycleRules?.some((rule) => {
      const days = daysOf(rule)
      const concerns = rule.isEnabled && key.startsWith(rule.prefix)
      return concerns && days !== undefined && dueAt(Date.parse(since), days) <= now
    })
  for (const { record } of [...bucket.uploads.values()]) {
    const { key, uploadId, initiated } = record
    if (isDue(key, initiated, ({ daysAfterInitiation }) => daysAfterInitiation)) {
      await abortUpload(bucket, uploadId, key).catch(ignoreGone)
    }
  }
  for (const { key, etag, lastModified } of [...bucket.objects.values()]) {
    if (isDue(key, lastModified, ({ expirationDays }) => expirationDays)) {
      await bucket.deleteObject(key, etag).catch(ignoreGone)
    }
  }
}

/** S3 adds the days and goes on to the next midnight UTC. */
function dueAt(initiated: number, days: number): number {
  return Math.ceil((initiated + days * dayMs) / dayMs) * dayMs
}

const GONE: readonly string[] = ['NoSuchUpload', 'NoSuchKey', 'PreconditionFailed', 'NoSuchBucket']

/** It was completed, aborted, deleted or replaced in the meantime. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof S3Error && GONE.includes(error.code))) throw error
}

// Applies lifecycle rules that abort unfinished multipart uploads and delete objects.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html

import { abortUpload } from './operations/multipart-upload.js'
import { S3Error } from './s3-error.js'
import type { Bucket } from './state/bucket.js'
import type { Buckets } from './state/buckets.js'
import type { LifecycleRule } from './state/records.js'

const dayMs = 24 * 60 * 60_000
const intervalMs = 60 * 60_000

/** Applies the rules now and every hour, until the returned function is called, which waits for the change under way. */
export async function startLifecycle(buckets: Buckets): Promise<() => Promise<void>> {
  const stopped = new AbortController()
  const apply = async (): Promise<void> => {
    try {
      for (const bucket of buckets.all()) await applyRules(bucket, Date.now(), stopped.signal)
    } catch (error) {
      console.error('Lifecycle rules were not applied:', error)
    }
  }
  let applied = apply()
  await applied
  const timer = setInterval(() => {
    applied = applied.then(apply)
  }, intervalMs).unref()
  return async () => {
    clearInterval(timer)
    stopped.abort()
    await applied
  }
}

async function applyRules(bucket: Bucket, now: number, signal: AbortSignal): Promise<void> {
  const isDue = (key: string, since: string, daysOf: (rule: LifecycleRule) => number | undefined) =>
    bucket.record.lifecycleRules?.some((rule) => {
      const days = daysOf(rule)
      const concerns = rule.isEnabled && key.startsWith(rule.prefix)
      return concerns && days !== undefined && dueAt(Date.parse(since), days) <= now
    })
  for (const { record } of [...bucket.uploads.values()]) {
    if (signal.aborted) return
    const { key, uploadId, initiated } = record
    if (isDue(key, initiated, ({ daysAfterInitiation }) => daysAfterInitiation)) {
      await abortUpload(bucket, uploadId, key).catch(ignoreGone)
    }
  }
  for (const object of [...bucket.objects.values()]) {
    if (signal.aborted) return
    if (isDue(object.key, object.lastModified, ({ expirationDays }) => expirationDays)) {
      await bucket.expireObject(object).catch(ignoreGone)
    }
  }
}

/** S3 adds the days and goes on to the next midnight UTC. */
function dueAt(initiated: number, days: number): number {
  return Math.ceil((initiated + days * dayMs) / dayMs) * dayMs
}

const GONE: readonly string[] = ['NoSuchUpload', 'NoSuchBucket']

/** It was completed, aborted or deleted in the meantime. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof S3Error && GONE.includes(error.code))) throw error
}

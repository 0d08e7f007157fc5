// The quick part of the doctor, for load balancers: S3 accepts this server's calls, and the clocks agree.
import type { S3Client } from '@aws-sdk/client-s3'
import { PartwayError } from '../errors.js'
import type { HealthReply } from '../protocol.js'
import type { ResolvedOptions } from '../resolve-options.js'
import { type BucketLook, lookAtBucket, MAX_CLOCK_SKEW_MS } from '../s3/look-at-bucket.js'
import { toPartwayError } from '../s3/s3-errors.js'

/** A reply is reused for this long, so that many callers cost no more than one. */
const GOOD_FOR_MS = 5000
/** A health check needs a quick answer. */
const MAX_WAIT_MS = 5000

/** @param report receives each failure with its cause; callers get only the code */
type CheckHealth = (report: (error: unknown) => void) => Promise<HealthReply>

/** A check that runs once at a time. Its reply is reused for 5 seconds. */
export function createHealthCheck(
  client: S3Client,
  { buckets, keyPrefix, s3TimeoutMs }: Pick<ResolvedOptions, 'buckets' | 'keyPrefix' | 's3TimeoutMs'>,
): CheckHealth {
  const lookAtAll = () => {
    const limit = AbortSignal.timeout(Math.min(s3TimeoutMs, MAX_WAIT_MS))
    return Promise.all(buckets.map((bucket) => lookAtBucket(client, bucket, keyPrefix, limit)))
  }
  let latest: { reply: Promise<HealthReply>; goodUntil: number } | undefined
  return (report) => {
    if (latest && performance.now() < latest.goodUntil) return latest.reply
    const run = {
      reply: lookAtAll().then((looks) => judge(looks, report)),
      goodUntil: Number.POSITIVE_INFINITY,
    }
    const refresh = () => {
      run.goodUntil = performance.now() + GOOD_FOR_MS
    }
    run.reply.then(refresh, refresh)
    latest = run
    return run.reply
  }
}

function judge(looks: BucketLook[], report: (error: unknown) => void): HealthReply {
  const failures = looks.flatMap(({ error, clockAheadMs = 0 }) => {
    if (error !== undefined) return [toPartwayError(error, 's3:ListBucket')]
    if (Math.abs(clockAheadMs) <= MAX_CLOCK_SKEW_MS) return []
    return [new PartwayError('s3_clock_skew', "The server's clock differs too much from S3's.")]
  })
  failures.forEach(report)
  return failures.length === 0 ? { ok: true } : { ok: false, code: codeOf(failures[0]) }
}

/** The only part of an error that is public. */
export function codeOf(error: unknown): string {
  return error instanceof PartwayError ? error.code : 'internal_error'
}

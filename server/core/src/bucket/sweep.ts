// Aborts unfinished uploads: for stores without lifecycle rules, or before a rule would.
import pMap from 'p-map'
import { z } from 'zod'
import { keyPrefixSchema } from '../resolve-options.js'
import { SdkS3 } from '../s3/sdk-s3.js'
import { BucketError, type BucketErrorCode } from './bucket-error.js'
import {
  type BucketOptions,
  bucketShape,
  type OpenBucket,
  parseBucketOptions,
  withBucket,
} from './open-bucket.js'
import { CONCURRENCY, findUnfinished, measureUpload, type UnfinishedUpload } from './unfinished-uploads.js'

export type SweepOptions = BucketOptions & {
  /** Minimum age of the uploads to abort, in milliseconds; 0 aborts all. Give at least the lifetime of tickets. */
  olderThanMs: number
  /** Only uploads whose keys start with it. @default '' */
  prefix?: string
  /** Only counts what would be aborted. @default false */
  dryRun?: boolean
  /** Called with the totals so far after each upload that is old enough. */
  onProgress?: (soFar: SweepTotals) => void
  /** Uploads per page of S3's list, 1 to 1,000. @default 1000 */
  pageSize?: number
}

export interface SweepTotals {
  /** Uploads aborted; on a dry run, those that would be. */
  aborted: number
  /** Bytes of their parts. */
  bytes: number
  failed: number
}

export interface SweepFailure {
  key: string
  uploadId: string
  code: BucketErrorCode
  message: string
}

export interface Sweep {
  bucket: string
  prefix: string
  dryRun: boolean
  aborted: number
  /** Bytes freed; on a dry run, those that would be. */
  bytes: number
  /** Uploads that are not old enough. */
  kept: number
  failures: SweepFailure[]
}

const SweepSchema = z.strictObject({
  ...bucketShape,
  olderThanMs: z.number().min(0),
  prefix: keyPrefixSchema.default(''),
  dryRun: z.boolean().default(false),
  onProgress: z.custom<SweepOptions['onProgress']>((value) => typeof value === 'function').optional(),
  pageSize: z.int().min(1).max(1000).optional(),
})

/**
 * Aborts unfinished uploads created at least `olderThanMs` ago. Reports those it cannot abort, and goes on with the others.
 * Needs `s3:ListBucketMultipartUploads`, `s3:ListMultipartUploadParts` and `s3:AbortMultipartUpload`.
 *
 * @throws BucketError if the uploads cannot be listed, the signal's reason, TypeError for misused options
 */
export async function sweep(options: SweepOptions): Promise<Sweep> {
  const { olderThanMs, prefix, dryRun, onProgress, pageSize, ...target } = parseBucketOptions(
    SweepSchema,
    options,
    'sweep()',
  )
  const result: Sweep = { bucket: target.bucket, prefix, dryRun, aborted: 0, bytes: 0, kept: 0, failures: [] }
  await withBucket(target, async (bucket) => {
    const sweepOne = async (upload: UnfinishedUpload): Promise<void> => {
      if (upload.ageMs < olderThanMs) {
        result.kept += 1
        return
      }
      try {
        const bytes = await measureUpload(bucket, upload)
        const isGone = bytes === undefined || (!dryRun && !(await abort(bucket, upload)))
        if (!isGone) {
          result.aborted += 1
          result.bytes += bytes
        }
      } catch (error) {
        if (!(error instanceof BucketError)) throw error
        const { code, message } = error
        result.failures.push({ key: upload.key, uploadId: upload.uploadId, code, message })
      }
      const { aborted, bytes, failures } = result
      onProgress?.({ aborted, bytes, failed: failures.length })
    }
    await pMap(findUnfinished(bucket, prefix, pageSize), sweepOne, { concurrency: CONCURRENCY })
  })
  return result
}

/** @returns `false` if it no longer exists: completed, or aborted elsewhere */
async function abort(
  { client, bucket, s3TimeoutMs, attempt }: OpenBucket,
  { key, uploadId }: UnfinishedUpload,
): Promise<boolean> {
  const aborted = new SdkS3(client, s3TimeoutMs).abortMultipartUpload({ bucket, key, uploadId })
  return await attempt('s3:AbortMultipartUpload', aborted)
}

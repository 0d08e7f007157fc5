// Sums up the parts of unfinished uploads by age: S3 bills them, but no list of objects shows them.
import pMap, { pMapSkip } from 'p-map'
import { z } from 'zod'
import { keyPrefixSchema } from '../resolve-options.js'
import { type BucketOptions, bucketShape, parseBucketOptions, withBucket } from './open-bucket.js'
import { CONCURRENCY, findUnfinished, measureUpload } from './unfinished-uploads.js'

const DAY_MS = 86_400_000

/** Age groups of unfinished uploads. */
const AGES = ['under 1 day', '1 to 7 days', '7 to 30 days', 'over 30 days'] as const
export type Age = (typeof AGES)[number]
const UNDER_MS = [DAY_MS, 7 * DAY_MS, 30 * DAY_MS]

export type UsageOptions = BucketOptions & {
  /** Only uploads whose keys start with it. @default '' */
  prefix?: string
  /** Called with the totals so far after each upload. */
  onProgress?: (soFar: UploadTotals) => void
}

export interface UploadTotals {
  uploads: number
  /** Bytes of their parts, as S3 stores and bills them. */
  bytes: number
}

export interface Usage extends UploadTotals {
  bucket: string
  prefix: string
  ages: ({ age: Age } & UploadTotals)[]
  /** When the oldest was created, in ISO 8601; `null` if there is none. */
  oldest: string | null
}

const UsageSchema = z.strictObject({
  ...bucketShape,
  prefix: keyPrefixSchema.default(''),
  onProgress: z.custom<UsageOptions['onProgress']>((value) => typeof value === 'function').optional(),
})

/**
 * Counts the unfinished uploads of a bucket and their bytes. Needs `s3:ListBucketMultipartUploads` and
 * `s3:ListMultipartUploadParts`.
 *
 * @throws BucketError, TypeError for misused options
 */
export async function usage(options: UsageOptions): Promise<Usage> {
  const { prefix, onProgress, ...target } = parseBucketOptions(UsageSchema, options, 'usage()')
  const total: UploadTotals = { uploads: 0, bytes: 0 }
  const measured = await withBucket(target, (bucket) =>
    pMap(
      findUnfinished(bucket, prefix),
      async (upload) => {
        const bytes = await measureUpload(bucket, upload)
        if (bytes === undefined) return pMapSkip
        total.uploads += 1
        total.bytes += bytes
        onProgress?.({ ...total })
        return { ...upload, bytes }
      },
      { concurrency: CONCURRENCY },
    ),
  )
  const oldest = Math.min(...measured.map(({ initiatedAt }) => initiatedAt.getTime()))
  return {
    bucket: target.bucket,
    prefix,
    ...total,
    ages: sumByAge(measured),
    oldest: Number.isFinite(oldest) ? new Date(oldest).toISOString() : null,
  }
}

/** All age groups, youngest first. */
export function sumByAge(uploads: readonly { ageMs: number; bytes: number }[]): Usage['ages'] {
  const ages = AGES.map((age) => ({ age, uploads: 0, bytes: 0 }))
  for (const { ageMs, bytes } of uploads) {
    const older = UNDER_MS.findIndex((underMs) => ageMs < underMs)
    const sum = ages.at(older)
    if (!sum) continue
    sum.uploads += 1
    sum.bytes += bytes
  }
  return ages
}

// Lists the unfinished uploads of a bucket one by one, and measures what S3 stores of each.
import { type ListedUpload, listUploadPages } from '../s3/list-uploads.js'
import { SdkS3 } from '../s3/sdk-s3.js'
import type { OpenBucket } from './open-bucket.js'

/** Uploads measured or aborted at once. */
export const CONCURRENCY = 8

export interface UnfinishedUpload {
  key: string
  uploadId: string
  /** When it was created, by S3's clock. */
  initiatedAt: Date
  /** Milliseconds since then; 0 if S3's clock is ahead. */
  ageMs: number
}

/** @param pageSize uploads per page of S3's list, 1 to 1,000 */
export async function* findUnfinished(
  { client, bucket, limit, attempt }: OpenBucket,
  prefix: string,
  pageSize?: number,
): AsyncGenerator<UnfinishedUpload> {
  const pages = listUploadPages({ client, bucket, prefix, pageSize, limit })
  for (;;) {
    const { value: page, done } = await attempt('s3:ListBucketMultipartUploads', pages.next())
    if (done) return
    const now = Date.now() + client.config.systemClockOffset
    for (const upload of page) yield describe(upload, now)
  }
}

function describe({ key, uploadId, initiatedAt }: ListedUpload, now: number): UnfinishedUpload {
  const initiatedAtMs = initiatedAt * 1000
  return {
    key,
    uploadId,
    initiatedAt: new Date(initiatedAtMs),
    ageMs: Math.max(0, now - initiatedAtMs),
  }
}

/** Bytes of the parts that S3 stores; `undefined` if the upload no longer exists. */
export async function measureUpload(
  { client, bucket, s3TimeoutMs, signal, attempt }: OpenBucket,
  { key, uploadId }: UnfinishedUpload,
): Promise<number | undefined> {
  const listed = new SdkS3(client, s3TimeoutMs).listParts({ bucket, key, uploadId }, signal)
  const parts = await attempt('s3:ListMultipartUploadParts', listed)
  return parts?.reduce((sum, { size }) => sum + size, 0)
}

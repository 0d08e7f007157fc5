// ListMultipartUploads: which uploads S3 holds parts for.
import { ListMultipartUploadsCommand, type MultipartUpload, type S3Client } from '@aws-sdk/client-s3'
import { type AdditionalKind, additionalChecksums, additionalKinds } from '../rules/checksums.js'
import { toPartwayError } from './s3-errors.js'

/** An unfinished multipart upload. */
export interface ListedUpload {
  key: string
  uploadId: string
  /** When it began, as S3 says: seconds since 1970, with fractions where S3 tells them. */
  initiatedAt: number
  /** What its parts have to have. */
  checksum?: AdditionalKind
}

/**
 * With so many no further page is asked for, so that one call stays bounded. S3 lists them by key, so it is chance which
 * ones these are; hardly any bucket with a lifecycle rule ever has so many of one owner.
 */
const MOST_UPLOADS = 2000

/**
 * Those whose keys start with `prefix`: all pages, or as many as it takes to have 2,000.
 *
 * @param limit bounds each page
 */
export async function listUploads(
  client: S3Client,
  bucket: string,
  prefix: string,
  limit: () => { abortSignal: AbortSignal },
): Promise<ListedUpload[]> {
  const uploads: ListedUpload[] = []
  try {
    for await (const page of listUploadPages({ client, bucket, prefix, limit })) {
      uploads.push(...page)
      if (uploads.length >= MOST_UPLOADS) break
    }
  } catch (error) {
    throw toPartwayError(error, 's3:ListBucketMultipartUploads')
  }
  return uploads
}

export interface UploadsQuery {
  client: S3Client
  bucket: string
  /** What the keys start with. */
  prefix: string
  /** 1 to 1,000. @default 1000 */
  pageSize?: number | undefined
  /** Bounds each page. */
  limit: () => { abortSignal: AbortSignal }
}

/** Page by page, to the last. Throws what the SDK throws. */
export async function* listUploadPages({
  client,
  bucket,
  prefix,
  pageSize,
  limit,
}: UploadsQuery): AsyncGenerator<ListedUpload[]> {
  const query = { Bucket: bucket, Prefix: prefix, MaxUploads: pageSize }
  let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {}
  while (markers) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({ ...query, ...markers })
    const {
      Uploads = [],
      IsTruncated,
      NextKeyMarker,
      NextUploadIdMarker,
    } = await client.send(command, limit())
    yield Uploads.map(toListedUpload)
    markers = IsTruncated ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : undefined
  }
}

function toListedUpload({
  Key = '',
  UploadId = '',
  Initiated,
  ChecksumAlgorithm,
}: MultipartUpload): ListedUpload {
  const checksum = additionalKinds.find((kind) => additionalChecksums[kind].algorithm === ChecksumAlgorithm)
  const initiatedAt = (Initiated?.getTime() ?? 0) / 1000
  return { key: Key, uploadId: UploadId, initiatedAt, ...(checksum && { checksum }) }
}

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
  let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {}
  while (markers && uploads.length < MOST_UPLOADS) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: bucket,
      Prefix: prefix,
      ...markers,
    })
    const page = await client.send(command, limit()).catch((error: unknown) => {
      throw toPartwayError(error, 's3:ListBucketMultipartUploads')
    })
    uploads.push(...(page.Uploads ?? []).map(toListedUpload))
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page
    markers = IsTruncated ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : undefined
  }
  return uploads
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

// ListMultipartUploads: which uploads S3 holds parts for.
import { ListMultipartUploadsCommand, type MultipartUpload, type S3Client } from '@aws-sdk/client-s3'

/** An unfinished multipart upload. */
export interface ListedUpload {
  key: string
  uploadId: string
  /** When it was started, by S3's clock: seconds since 1970, with fractions where S3 gives them. Now, if S3 does not tell. */
  initiatedAt: number
}

export interface UploadsQuery {
  client: S3Client
  bucket: string
  /** Prefix of the keys. */
  prefix: string
  /** 1 to 1,000. @default 1000 */
  pageSize?: number | undefined
  /** Time limit for each page. */
  limit: () => { abortSignal: AbortSignal }
}

/** Yields all pages. Throws what the SDK throws. */
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

function toListedUpload({ Key = '', UploadId = '', Initiated }: MultipartUpload): ListedUpload {
  // SeaweedFS 4.44 tells no date. Such an upload may have just begun, so nothing may take it for old.
  const initiatedAt = (Initiated?.getTime() ?? Date.now()) / 1000
  return { key: Key, uploadId: UploadId, initiatedAt }
}

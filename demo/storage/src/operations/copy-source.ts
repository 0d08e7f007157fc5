// The source of CopyObject and UploadPartCopy: which object it is, its conditions, and a copy of its bytes.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
import { Readable } from 'node:stream'
import { type ChecksumAlgorithm, parseAlgorithm } from '../bodies/checksums.js'
import { maxBodySize, type StoredBody, storeBody } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'
import { header, type S3Request } from '../s3-request.js'
import type { Bucket } from '../state/bucket.js'
import type { ObjectRecord } from '../state/records.js'
import { checkSourceConditions } from './read-conditions.js'

export interface CopySource {
  bucket: Bucket
  object: ObjectRecord
}

/** @throws S3Error NoSuchBucket, NoSuchKey or PreconditionFailed, of the source */
export function findSource(request: S3Request): CopySource {
  const { bucketName, key } = parseCopySource(header(request, 'x-amz-copy-source') ?? '')
  const bucket = request.buckets.get(bucketName)
  const object = bucket.object(key)
  checkSourceConditions(request, object)
  return { bucket, object }
}

/**
 * Copies bytes of the source into a data file of `target`. Called at once after {@link findSource}, it copies that object even
 * if another one replaces it meanwhile.
 * @param range both inclusive
 * @param algorithm of the checksum to keep, if it is not S3's own
 * @throws S3Error InvalidRequest above 5 GiB
 */
export async function copyBytes(
  { bucket, object }: CopySource,
  { start, end }: { start: number; end: number },
  target: Bucket,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<StoredBody> {
  if (end - start + 1 > maxBodySize) {
    throw new S3Error(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${maxBodySize}`,
    )
  }
  const bytes = Readable.from(bucket.data.read(object.segments, start, end))
  // Starts to read, which keeps the source's data files from being removed.
  bytes.read(0)
  const kept = algorithm && { keptAlgorithm: algorithm }
  return storeBody(bytes, [], { maxSize: maxBodySize, ...kept }, target.data)
}

/** The algorithm that the request names. */
export function readAlgorithm(request: S3Request): ChecksumAlgorithm | undefined {
  const named = header(request, 'x-amz-checksum-algorithm')
  return named === undefined ? undefined : parseAlgorithm(named)
}

/** `BUCKET/KEY` in URL encoding, with or without a slash before it. */
function parseCopySource(text: string): { bucketName: string; key: string } {
  const [encoded = '', query] = text.split('?')
  if (query !== undefined || encoded.startsWith('arn:')) {
    throw new S3Error('NotImplemented', undefined, { Header: 'x-amz-copy-source' })
  }
  const [, bucketName, key] = /^\/?([^/]+)\/(.+)$/s.exec(decode(encoded)) ?? []
  if (bucketName === undefined || key === undefined) {
    throw new S3Error(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      { ArgumentName: 'x-amz-copy-source', ArgumentValue: text },
    )
  }
  return { bucketName, key }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new S3Error('InvalidArgument', 'Invalid copy source encoding', {
      ArgumentName: 'x-amz-copy-source',
      ArgumentValue: text,
    })
  }
}

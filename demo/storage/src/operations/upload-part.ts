// UploadPart and UploadPartCopy.
import { type ChecksumAlgorithm, defaultChecksum } from '../bodies/checksums.js'
import { receiveData, type StoredBody } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'
import { bucketOf, header, type S3Request, type S3Response } from '../s3-request.js'
import type { Bucket, Upload } from '../state/bucket.js'
import type { PartRecord, UploadRecord } from '../state/records.js'
import { xmlResponse } from '../xml-response.js'
import { checksumElements, checksumHeaders } from './checksum-fields.js'
import { copyBytes, findSource } from './copy-source.js'
import { encryptionHeaders } from './object-description.js'
import { readPartNumber } from './object-parts.js'

export async function uploadPart(request: S3Request): Promise<S3Response> {
  const { bucket, partNumber, upload } = readTarget(request)
  const choose = (declared?: ChecksumAlgorithm) => algorithmOfPart(upload.record, declared)
  const body = await receiveData(request, bucket.data, choose)
  const part = await savePart(bucket, upload, partNumber, body)
  return {
    status: 200,
    headers: {
      etag: `"${part.etag}"`,
      ...checksumHeaders(body.declared),
      ...encryptionHeaders(upload.record),
    },
  }
}

export async function uploadPartCopy(request: S3Request): Promise<S3Response> {
  const { bucket, partNumber, upload } = readTarget(request)
  const source = findSource(request)
  const range = readSourceRange(header(request, 'x-amz-copy-source-range'), source.object.size)
  const body = await copyBytes(source, range, bucket, upload.record.checksum?.algorithm)
  const part = await savePart(bucket, upload, partNumber, body)
  return xmlResponse(
    'CopyPartResult',
    {
      LastModified: part.lastModified,
      ETag: `"${part.etag}"`,
      ...checksumElements(upload.record.checksum && part.checksum),
    },
    encryptionHeaders(upload.record),
  )
}

function readTarget(request: S3Request): { bucket: Bucket; partNumber: number; upload: Upload } {
  const bucket = bucketOf(request)
  const partNumber = readPartNumber(request.query.get('partNumber') ?? '')
  const upload = bucket.upload(request.query.get('uploadId') ?? '', request.key)
  return { bucket, partNumber, upload }
}

/** What a part's checksum is of. @throws S3Error InvalidRequest if its upload has an algorithm that it does not declare */
function algorithmOfPart(
  { checksum }: UploadRecord,
  declared: ChecksumAlgorithm | undefined,
): ChecksumAlgorithm {
  if (!checksum) return defaultChecksum.algorithm
  if (declared === checksum.algorithm) return declared
  throw new S3Error(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm.toLowerCase()}, actual checksum Type: ${declared?.toLowerCase() ?? 'null'}`,
  )
}

/** Unlike the range of a reader it must name both ends, within the object. */
function readSourceRange(text: string | undefined, size: number): { start: number; end: number } {
  if (text === undefined) return { start: 0, end: size - 1 }
  const [, first, last] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(text) ?? []
  const [start, end] = [Number(first), Number(last)]
  const argument = { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: text }
  if (first === undefined || end < start) {
    throw new S3Error(
      'InvalidArgument',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      argument,
    )
  }
  if (end >= size) {
    throw new S3Error(
      'InvalidArgument',
      `Range specified is not valid for source object of size: ${size}`,
      argument,
    )
  }
  return { start, end }
}

/** Makes the part visible if its upload still exists; otherwise removes the part's data. */
async function savePart(
  bucket: Bucket,
  { record: { uploadId, key } }: Upload,
  partNumber: number,
  { dataId, size, md5, checksum }: StoredBody,
): Promise<PartRecord> {
  const part: PartRecord = {
    partNumber,
    dataId,
    size,
    etag: md5,
    lastModified: new Date().toISOString(),
    checksum,
  }
  let replaced: PartRecord | undefined
  try {
    replaced = await bucket.change(key, () => {
      // It may have been completed or aborted while the body arrived.
      bucket.upload(uploadId, key)
      return bucket.savePart(uploadId, part)
    })
  } catch (error) {
    await bucket.data.remove([dataId])
    throw error
  }
  if (replaced) await bucket.data.remove([replaced.dataId])
  return part
}

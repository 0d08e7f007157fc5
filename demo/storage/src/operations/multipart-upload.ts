// CreateMultipartUpload and AbortMultipartUpload.
import { randomBytes } from 'node:crypto'
import type { ChecksumAlgorithm, ChecksumType } from '../bodies/checksums.js'
import { S3Error } from '../s3-error.js'
import { bucketOf, header, type S3Request, type S3Response } from '../s3-request.js'
import type { Bucket } from '../state/bucket.js'
import type { UploadRecord } from '../state/records.js'
import { xmlResponse } from '../xml-response.js'
import { readAlgorithm } from './copy-source.js'
import { headerEntries } from './header-entries.js'
import { encryptionHeaders, readDescription } from './object-description.js'

export async function createMultipartUpload(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  const { key } = request
  const checksum = readUploadChecksum(request)
  const record: UploadRecord = {
    uploadId: newUploadId(),
    key,
    initiated: new Date().toISOString(),
    ...(checksum && { checksum }),
    ...readDescription(headerEntries(request)),
  }
  await bucket.change(key, () => bucket.saveUpload(record))
  return xmlResponse(
    'InitiateMultipartUploadResult',
    { Bucket: bucket.record.name, Key: key, UploadId: record.uploadId },
    {
      ...(checksum && {
        'x-amz-checksum-algorithm': checksum.algorithm,
        'x-amz-checksum-type': checksum.type,
      }),
      ...encryptionHeaders(record),
    },
  )
}

/** When it returns, no part of the upload is left and no more can arrive. */
export async function abortMultipartUpload(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  await abortUpload(bucket, request.query.get('uploadId') ?? '', request.key)
  return { status: 204, headers: {} }
}

export async function abortUpload(bucket: Bucket, uploadId: string, key: string): Promise<void> {
  const parts = await bucket.change(key, async () => {
    const upload = bucket.upload(uploadId, key)
    await bucket.forgetUpload(uploadId)
    return [...upload.parts.values()]
  })
  await bucket.data.remove(parts.map(({ dataId }) => dataId))
}

function readUploadChecksum(
  request: S3Request,
): { algorithm: ChecksumAlgorithm; type: ChecksumType } | undefined {
  const algorithm = readAlgorithm(request)
  const type = header(request, 'x-amz-checksum-type')
  if (!algorithm) {
    if (type === undefined) return undefined
    throw new S3Error(
      'InvalidRequest',
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    )
  }
  const chosen = type ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE')
  const isPossible =
    chosen === 'COMPOSITE'
      ? algorithm !== 'CRC64NVME'
      : chosen === 'FULL_OBJECT' && algorithm.startsWith('CRC')
  if (!isPossible) {
    throw new S3Error(
      'InvalidRequest',
      `The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    )
  }
  return { algorithm, type: chosen === 'COMPOSITE' ? 'COMPOSITE' : 'FULL_OBJECT' }
}

let created = 0

/** Sorts by creation, so that the order by upload id in ListMultipartUploads is also that by time. */
function newUploadId(): string {
  created = (created + 1) % 0x10000
  const time = Date.now().toString(16).padStart(12, '0')
  return `${time}${created.toString(16).padStart(4, '0')}${randomBytes(16).toString('hex')}`
}

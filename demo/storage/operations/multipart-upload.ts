// Multipart uploads until their completion: CreateMultipartUpload, UploadPart, AbortMultipartUpload.
import { randomBytes } from 'node:crypto'
import { type ChecksumAlgorithm, type ChecksumType, parseAlgorithm } from '../bodies/checksums.js'
import { receiveData, type StoredBody } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'
import { bucketOf, header, type S3Request, type S3Response } from '../s3-request.js'
import type { Bucket, Upload } from '../state/bucket.js'
import type { PartRecord, UploadRecord } from '../state/records.js'
import { xmlResponse } from '../xml-response.js'
import { readDescription } from './object-description.js'
import { checksumHeaders, headerEntries } from './put-object.js'

const maxPartNumber = 10_000

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
    checksum && { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type },
  )
}

export async function uploadPart(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  const partNumber = readPartNumber(request.query.get('partNumber') ?? '')
  const uploadId = request.query.get('uploadId') ?? ''
  const upload = bucket.upload(uploadId, request.key)
  if (header(request, 'x-amz-copy-source') !== undefined) throw new S3Error('NotImplemented')
  const body = await receiveData(request, bucket.data)
  const part = await savePart(bucket, upload, partNumber, body)
  return { status: 200, headers: { etag: `"${part.etag}"`, ...checksumHeaders(part.checksum) } }
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

/** Makes the part visible if its upload still exists; otherwise removes the part's data. */
async function savePart(
  bucket: Bucket,
  { record: { uploadId, key, checksum: expected } }: Upload,
  partNumber: number,
  { dataId, size, md5, checksum }: StoredBody,
): Promise<PartRecord> {
  const part: PartRecord = {
    partNumber,
    dataId,
    size,
    etag: md5,
    lastModified: new Date().toISOString(),
    ...(checksum && { checksum }),
  }
  let replaced: PartRecord | undefined
  try {
    if (expected && checksum?.algorithm !== expected.algorithm) {
      throw new S3Error(
        'InvalidRequest',
        `Checksum Type mismatch occurred, expected checksum Type: ${expected.algorithm.toLowerCase()}, actual checksum Type: ${checksum?.algorithm.toLowerCase() ?? 'null'}`,
      )
    }
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

/** Digits only: S3 refuses `5abc`. */
function readPartNumber(text: string): number {
  const partNumber = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (partNumber < 1 || partNumber > maxPartNumber) {
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
      ArgumentName: 'partNumber',
      ArgumentValue: text,
    })
  }
  return partNumber
}

function readUploadChecksum(
  request: S3Request,
): { algorithm: ChecksumAlgorithm; type: ChecksumType } | undefined {
  const named = header(request, 'x-amz-checksum-algorithm')
  const type = header(request, 'x-amz-checksum-type')
  if (named === undefined) {
    if (type === undefined) return undefined
    throw new S3Error(
      'InvalidRequest',
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    )
  }
  const algorithm = parseAlgorithm(named)
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

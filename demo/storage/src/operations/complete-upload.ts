// CompleteMultipartUpload. The parts' files become the object's segments, so nothing is copied and the one
// record that is written decides. It names the upload, so that a repeated call is answered as the first one was.
import { type Checksum, headerName } from '../bodies/checksums.js'
import { receiveText } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'
import { bucketOf, header, objectLocation, type S3Request, type S3Response } from '../s3-request.js'
import type { Bucket, Upload } from '../state/bucket.js'
import type { ObjectRecord, PartRecord } from '../state/records.js'
import { xmlResponse } from '../xml-response.js'
import { assemble, etagOf, pickParts } from './assemble-object.js'
import { checksumElements } from './checksum-fields.js'
import { type ListedPart, readListedParts } from './listed-parts.js'
import { encryptionHeaders } from './object-description.js'
import { partsOf } from './object-parts.js'
import { readWriteCondition } from './put-object.js'

export async function completeMultipartUpload(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  const { key, query } = request
  const uploadId = query.get('uploadId') ?? ''
  if (!madeBy(uploadId, bucket, key)) bucket.upload(uploadId, key)
  const condition = readWriteCondition(request)
  const listed = readListedParts(await receiveText(request, 'object'))
  const { object, unused } = await bucket.change(key, async () => {
    const made = madeBy(uploadId, bucket, key)
    if (made && isMadeOf(made, listed)) return { object: made, unused: [] }
    const upload = bucket.upload(uploadId, key)
    condition(bucket, key)
    const parts = pickParts(upload, listed)
    const object = await assemble(upload, parts)
    checkClaims(request, upload, object)
    const replaced = await bucket.saveObject(object)
    await bucket.forgetUpload(uploadId)
    return { object, unused: [...replaced, ...leftOver(upload, parts)] }
  })
  await bucket.data.remove(unused)
  return xmlResponse(
    'CompleteMultipartUploadResult',
    {
      Location: objectLocation(request, key),
      Bucket: bucket.record.name,
      Key: key,
      ETag: `"${object.etag}"`,
      ...checksumElements(object.checksum),
    },
    encryptionHeaders(object),
  )
}

/** The object, while it is the one that the upload made. */
function madeBy(uploadId: string, { objects }: Bucket, key: string): ObjectRecord | undefined {
  const object = objects.get(key)
  return object?.uploadId === uploadId ? object : undefined
}

function isMadeOf(object: ObjectRecord, listed: ListedPart[]): boolean {
  const parts = partsOf(object)
  return (
    parts.length === listed.length &&
    parts.every(({ partNumber }, index) => partNumber === listed[index]?.partNumber) &&
    object.etag === etagOf(listed.map(({ etag }) => etag))
  )
}

/** What the request claims about the whole object. */
function checkClaims(request: S3Request, { record }: Upload, object: ObjectRecord): void {
  const size = header(request, 'x-amz-mp-object-size')
  if (size !== undefined && size !== `${object.size}`) {
    throw new S3Error(
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${size} does not match what was computed: ${object.size}`,
    )
  }
  const type = header(request, 'x-amz-checksum-type')
  if (type !== undefined && type !== record.checksum?.type) {
    throw new S3Error(
      'InvalidRequest',
      `The upload was created using the ${record.checksum?.type ?? 'null'} checksum mode. The complete request must use the same checksum mode.`,
    )
  }
  const claimed = object.checksum && header(request, headerName(object.checksum.algorithm))
  if (object.checksum && claimed !== undefined && !isChecksum(claimed, object.checksum)) {
    throw new S3Error(
      'BadDigest',
      `The ${object.checksum.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
    )
  }
}

/** MinIO's clients leave out the number of parts that a composite one ends in. */
function isChecksum(claimed: string, { value }: Checksum): boolean {
  return claimed === value || claimed === value.replace(/-\d+$/, '')
}

function leftOver({ parts }: Upload, used: PartRecord[]): string[] {
  const kept = new Set(used.map(({ dataId }) => dataId))
  return [...parts.values()].map(({ dataId }) => dataId).filter((dataId) => !kept.has(dataId))
}

// ListParts.
import { bucketOf, type S3Request, type S3Response } from '../s3-request.js'
import { xmlResponse } from '../xml-response.js'
import { checksumElements } from './checksum-fields.js'
import { owner } from './owner.js'
import { readNumber, readPageSize } from './paging.js'

export async function listParts(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  const { key, query } = request
  const uploadId = query.get('uploadId') ?? ''
  const { record, parts } = bucket.upload(uploadId, key)
  const marker = readNumber(query, 'part-number-marker') ?? 0
  const pageSize = readPageSize(query, 'max-parts')
  const beyond = [...parts.values()]
    .filter(({ partNumber }) => partNumber > marker)
    .sort((a, b) => a.partNumber - b.partNumber)
  const page = beyond.slice(0, pageSize)
  const isTruncated = pageSize > 0 && beyond.length > page.length
  return xmlResponse('ListPartsResult', {
    Bucket: bucket.record.name,
    Key: key,
    UploadId: uploadId,
    Initiator: owner,
    Owner: owner,
    StorageClass: 'STANDARD',
    ChecksumAlgorithm: record.checksum?.algorithm,
    ChecksumType: record.checksum?.type,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.partNumber ?? marker,
    MaxParts: pageSize,
    IsTruncated: isTruncated,
    Part: page.map(({ partNumber, lastModified, etag, size, checksum }) => ({
      PartNumber: partNumber,
      LastModified: lastModified,
      ETag: `"${etag}"`,
      Size: size,
      ...checksumElements(record.checksum && checksum),
    })),
  })
}

// ListMultipartUploads: unfinished uploads by key, and those of one key by creation time.

import { bucketOf, type S3Request, type S3Response } from '../s3-request.js'
import type { UploadRecord } from '../state/records.js'
import { xmlResponse } from '../xml-response.js'
import { isAfter, readEncoding, readPageSize, sortByKey, takePage } from './paging.js'

export async function listMultipartUploads(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  const { query } = request
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const keyMarker = query.get('key-marker') ?? ''
  // S3 ignores an upload id without a key.
  const uploadIdMarker = keyMarker ? (query.get('upload-id-marker') ?? '') : ''
  const pageSize = readPageSize(query, 'max-uploads')
  const encode = readEncoding(query)
  const wanted = Array.from(bucket.uploads.values(), ({ record }) => record).filter(
    ({ key, uploadId }) =>
      key.startsWith(prefix) && isBeyondMarkers(key, uploadId, { keyMarker, uploadIdMarker, delimiter }),
  )
  wanted.sort((a, b) => (a.uploadId < b.uploadId ? -1 : 1))
  const uploads = sortByKey(wanted, ({ key }) => key)
  const page = takePage(uploads, ({ key }) => key, { prefix, delimiter, pageSize })
  return xmlResponse('ListMultipartUploadsResult', {
    Bucket: bucket.record.name,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: uploadIdMarker,
    ...(page.isTruncated && nextMarkers(page.last, encode)),
    Prefix: encode(prefix),
    Delimiter: delimiter ? encode(delimiter) : undefined,
    EncodingType: query.get('encoding-type') ?? undefined,
    MaxUploads: pageSize,
    IsTruncated: page.isTruncated,
    Upload: page.items.map(({ key, uploadId, initiated, checksum }) => ({
      Key: encode(key),
      UploadId: uploadId,
      StorageClass: 'STANDARD',
      Initiated: initiated,
      ChecksumAlgorithm: checksum?.algorithm,
      ChecksumType: checksum?.type,
    })),
    CommonPrefixes: page.commonPrefixes.map((commonPrefix) => ({ Prefix: encode(commonPrefix) })),
  })
}

function isBeyondMarkers(
  key: string,
  uploadId: string,
  { keyMarker, uploadIdMarker, delimiter }: { keyMarker: string; uploadIdMarker: string; delimiter: string },
): boolean {
  if (key === keyMarker) return uploadIdMarker !== '' && uploadId > uploadIdMarker
  const isUnderMarker = delimiter !== '' && keyMarker.endsWith(delimiter) && key.startsWith(keyMarker)
  return isAfter(key, keyMarker) && !isUnderMarker
}

function nextMarkers(
  last: { item: UploadRecord } | { commonPrefix: string } | undefined,
  encode: (text: string) => string,
): { NextKeyMarker: string; NextUploadIdMarker: string } | undefined {
  if (!last) return undefined
  if ('commonPrefix' in last) return { NextKeyMarker: encode(last.commonPrefix), NextUploadIdMarker: '' }
  return { NextKeyMarker: encode(last.item.key), NextUploadIdMarker: last.item.uploadId }
}

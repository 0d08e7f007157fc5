// ListMultipartUploads: unfinished uploads by key, and those of one key by creation time.

import { bucketOf, type S3Request, type S3Response } from '../s3-request.js'
import type { Upload } from '../state/bucket.js'
import { xmlResponse } from '../xml-response.js'
import { owner } from './owner.js'
import { readEncoding, readPageSize, startsAfterMarker, takePage } from './paging.js'

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
  const page = takePage(bucket.uploads.inOrder(), ({ record }) => record.key, {
    prefix,
    delimiter,
    pageSize,
    isBeyond: startsAfter({ prefix, delimiter, keyMarker, uploadIdMarker }),
  })
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
    Upload: page.items.map(({ record: { key, uploadId, initiated, checksum } }) => ({
      Key: encode(key),
      UploadId: uploadId,
      Initiator: owner,
      Owner: owner,
      StorageClass: 'STANDARD',
      Initiated: initiated,
      ChecksumAlgorithm: checksum?.algorithm,
      ChecksumType: checksum?.type,
    })),
    CommonPrefixes: page.commonPrefixes.map((commonPrefix) => ({ Prefix: encode(commonPrefix) })),
  })
}

function startsAfter(marker: {
  prefix: string
  delimiter: string
  keyMarker: string
  uploadIdMarker: string
}): (upload: Upload) => boolean {
  const { prefix, delimiter, keyMarker, uploadIdMarker } = marker
  // Beside an upload id, it is a key.
  const isBeyond = startsAfterMarker(keyMarker, { prefix, delimiter: uploadIdMarker ? '' : delimiter })
  return ({ record: { key, uploadId } }) => {
    if (key === keyMarker) return uploadIdMarker !== '' && uploadId > uploadIdMarker
    return isBeyond(key)
  }
}

function nextMarkers(
  last: { item: Upload } | { commonPrefix: string } | undefined,
  encode: (text: string) => string,
): { NextKeyMarker: string; NextUploadIdMarker: string } | undefined {
  if (!last) return undefined
  if ('commonPrefix' in last) return { NextKeyMarker: encode(last.commonPrefix), NextUploadIdMarker: '' }
  const { record } = last.item
  return { NextKeyMarker: encode(record.key), NextUploadIdMarker: record.uploadId }
}

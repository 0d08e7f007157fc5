// ListObjectsV2.

import { S3Error } from '../s3-error.js'
import { bucketOf, type S3Request, type S3Response } from '../s3-request.js'
import type { ObjectRecord } from '../state/records.js'
import { xmlResponse } from '../xml-response.js'
import { isAfter, readEncoding, readPageSize, takePage } from './paging.js'

export async function listObjectsV2(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  const { query } = request
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const startAfter = query.get('start-after')
  const token = query.get('continuation-token')
  const pageSize = readPageSize(query, 'max-keys')
  const encode = readEncoding(query)
  const isBeyond = token === null ? startsAfter(startAfter ?? '') : startsAfterToken(token)
  const page = takePage(bucket.objects.inOrder(), ({ key }) => key, {
    prefix,
    delimiter,
    pageSize,
    isBeyond: ({ key }) => isBeyond(key),
  })
  return xmlResponse('ListBucketResult', {
    Name: bucket.record.name,
    Prefix: encode(prefix),
    Delimiter: delimiter ? encode(delimiter) : undefined,
    StartAfter: startAfter ? encode(startAfter) : undefined,
    EncodingType: query.get('encoding-type') ?? undefined,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: page.isTruncated && page.last ? writeToken(page.last) : undefined,
    KeyCount: page.items.length + page.commonPrefixes.length,
    MaxKeys: pageSize,
    IsTruncated: page.isTruncated,
    Contents: page.items.map(({ key, size, etag, lastModified, checksum }) => ({
      Key: encode(key),
      LastModified: lastModified,
      ETag: `"${etag}"`,
      ChecksumAlgorithm: checksum?.algorithm,
      ChecksumType: checksum?.type,
      Size: size,
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: page.commonPrefixes.map((commonPrefix) => ({ Prefix: encode(commonPrefix) })),
  })
}

function startsAfter(marker: string): (key: string) => boolean {
  return (key) => isAfter(key, marker)
}

function writeToken(last: { item: ObjectRecord } | { commonPrefix: string }): string {
  const text = 'item' in last ? `k${last.item.key}` : `p${last.commonPrefix}`
  return Buffer.from(text).toString('base64url')
}

/** A page that ended in a common prefix continues after all keys under it. */
function startsAfterToken(token: string): (key: string) => boolean {
  const text = Buffer.from(token, 'base64url').toString()
  const marker = text.slice(1)
  if (text.startsWith('k')) return startsAfter(marker)
  if (text.startsWith('p')) return (key) => isAfter(key, marker) && !key.startsWith(marker)
  throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect', {
    ArgumentName: 'continuation-token',
  })
}

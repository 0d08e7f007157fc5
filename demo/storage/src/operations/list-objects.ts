// ListObjects, of both versions: they differ in how a page names where the next one starts.

import { S3Error } from '../s3-error.js'
import { bucketOf, type S3Request, type S3Response } from '../s3-request.js'
import type { ObjectRecord } from '../state/records.js'
import type { XmlElement } from '../xml.js'
import { xmlResponse } from '../xml-response.js'
import { owner } from './owner.js'
import { isAfter, type Page, readEncoding, readPageSize, startsAfterMarker, takePage } from './paging.js'

export async function listObjects(request: S3Request): Promise<S3Response> {
  const { query } = request
  const marker = query.get('marker') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const encode = readEncoding(query)
  const prefix = query.get('prefix') ?? ''
  const page = takeObjects(request, startsAfterMarker(marker, { prefix, delimiter }))
  const { last } = page
  // Without a delimiter the client goes on after the last key.
  const next = page.isTruncated && delimiter && last ? nameOf(last) : undefined
  return xmlResponse('ListBucketResult', {
    ...describePage(request, page, true),
    Marker: encode(marker),
    NextMarker: next && encode(next),
  })
}

export async function listObjectsV2(request: S3Request): Promise<S3Response> {
  const { query } = request
  if (query.get('list-type') !== '2') throw new S3Error('InvalidArgument', 'Invalid List Type specified')
  const startAfter = query.get('start-after')
  const token = query.get('continuation-token')
  const encode = readEncoding(query)
  const page = takeObjects(request, token === null ? startsAfter(startAfter ?? '') : startsAfterToken(token))
  return xmlResponse('ListBucketResult', {
    ...describePage(request, page, query.get('fetch-owner') === 'true'),
    StartAfter: startAfter ? encode(startAfter) : undefined,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: page.isTruncated && page.last ? writeToken(page.last) : undefined,
    KeyCount: page.items.length + page.commonPrefixes.length,
  })
}

function takeObjects(request: S3Request, isBeyond: (key: string) => boolean): Page<ObjectRecord> {
  const { query } = request
  return takePage(bucketOf(request).objects.inOrder(), ({ key }) => key, {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    pageSize: readPageSize(query, 'max-keys'),
    isBeyond: ({ key }) => isBeyond(key),
  })
}

/** What both versions tell. */
function describePage(request: S3Request, page: Page<ObjectRecord>, withOwner: boolean): XmlElement {
  const { query, bucketName } = request
  const delimiter = query.get('delimiter') ?? ''
  const encode = readEncoding(query)
  return {
    Name: bucketName,
    Prefix: encode(query.get('prefix') ?? ''),
    Delimiter: delimiter ? encode(delimiter) : undefined,
    EncodingType: query.get('encoding-type') ?? undefined,
    MaxKeys: readPageSize(query, 'max-keys'),
    IsTruncated: page.isTruncated,
    Contents: page.items.map(({ key, size, etag, lastModified, checksum }) => ({
      Key: encode(key),
      LastModified: lastModified,
      ETag: `"${etag}"`,
      ChecksumAlgorithm: checksum?.algorithm,
      ChecksumType: checksum?.type,
      Size: size,
      StorageClass: 'STANDARD',
      Owner: withOwner ? owner : undefined,
    })),
    CommonPrefixes: page.commonPrefixes.map((commonPrefix) => ({ Prefix: encode(commonPrefix) })),
  }
}

type PageEnd = NonNullable<Page<ObjectRecord>['last']>

function nameOf(last: PageEnd): string {
  return 'item' in last ? last.item.key : last.commonPrefix
}

function startsAfter(marker: string): (key: string) => boolean {
  return (key) => isAfter(key, marker)
}

function writeToken(last: PageEnd): string {
  return Buffer.from(`${'item' in last ? 'k' : 'p'}${nameOf(last)}`).toString('base64url')
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

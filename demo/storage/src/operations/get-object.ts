// GetObject and HeadObject: ranges, parts, conditions, and the headers that go with an object.

import { S3Error } from '../s3-error.js'
import { bucketOf, header, type S3Request, type S3Response } from '../s3-request.js'
import type { ObjectRecord } from '../state/records.js'
import { checksumHeaders } from './checksum-fields.js'
import { describe } from './object-description.js'
import { type ObjectPart, readRequestedPart } from './object-parts.js'
import { checkReadConditions, validators } from './read-conditions.js'

interface ByteRange {
  /** Both inclusive. */
  start: number
  end: number
}

export async function getObject(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  const object = bucket.object(request.key)
  checkReadConditions(request, object)
  const part = readRequestedPart(request, object)
  const range = part ? rangeOfPart(part) : readRange(request, object)
  const { start, end } = range ?? { start: 0, end: object.size - 1 }
  const headers: Record<string, string> = {
    'accept-ranges': 'bytes',
    'content-length': `${end - start + 1}`,
    ...describe(object, request.query),
    ...validators(object),
    ...(header(request, 'x-amz-checksum-mode') === 'ENABLED' && checksumOf(object, part, range)),
    ...(part && object.uploadId !== undefined && { 'x-amz-mp-parts-count': `${object.segments.length}` }),
    ...(range && { 'content-range': `bytes ${start}-${end}/${object.size}` }),
  }
  return {
    status: range ? 206 : 200,
    headers,
    ...(request.method === 'GET' && { body: bucket.data.read(object.segments, start, end) }),
  }
}

/** A part has its own checksum, a range none. */
function checksumOf(
  object: ObjectRecord,
  part: ObjectPart | undefined,
  range: ByteRange | undefined,
): Record<string, string> {
  if (part && object.uploadId !== undefined) return checksumHeaders(part.checksum)
  return part || !range ? checksumHeaders(object.checksum) : {}
}

/** None for no bytes: a range cannot be empty. */
function rangeOfPart({ start, size }: ObjectPart): ByteRange | undefined {
  return size > 0 ? { start, end: start + size - 1 } : undefined
}

function readRange(request: S3Request, object: ObjectRecord): ByteRange | undefined {
  return isRangeOf(request, object) ? parseRange(header(request, 'range'), object.size) : undefined
}

/** `If-Range`: the range applies to that object only; the client wants all of another one. */
function isRangeOf(request: S3Request, object: ObjectRecord): boolean {
  const ifRange = header(request, 'if-range')
  const { etag, 'last-modified': lastModified } = validators(object)
  return ifRange === undefined || ifRange === etag || ifRange === lastModified
}

/** One byte range; like S3, several ranges or other units give the whole object. */
function parseRange(text: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text ?? '')
  if (!match) return undefined
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return undefined
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  if (start >= size || (first === '' && Number(last) === 0)) {
    throw new S3Error('InvalidRange', undefined, {
      RangeRequested: text ?? '',
      ActualObjectSize: `${size}`,
    })
  }
  return { start, end }
}

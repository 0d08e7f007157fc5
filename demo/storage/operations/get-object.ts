// GetObject and HeadObject: ranges, conditions, and the headers that go with an object.

import { S3Error } from '../s3-error.js'
import { bucketOf, header, type S3Request, type S3Response } from '../s3-request.js'
import type { ObjectRecord } from '../state/records.js'
import { describe } from './object-description.js'
import { checksumHeaders } from './put-object.js'

export async function getObject(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  const object = bucket.object(request.key)
  checkReadConditions(request, object)
  const range = isRangeOf(request, object) ? parseRange(header(request, 'range'), object.size) : undefined
  const { start, end } = range ?? { start: 0, end: object.size - 1 }
  const headers: Record<string, string> = {
    'accept-ranges': 'bytes',
    'content-length': `${end - start + 1}`,
    ...describe(object, request.query),
    ...validators(object),
    // The checksum is that of the whole object.
    ...(!range && header(request, 'x-amz-checksum-mode') === 'ENABLED' && checksumHeaders(object.checksum)),
    ...(range && { 'content-range': `bytes ${start}-${end}/${object.size}` }),
  }
  return {
    status: range ? 206 : 200,
    headers,
    ...(request.method === 'GET' && { body: bucket.data.read(object.segments, start, end) }),
  }
}

function validators(object: ObjectRecord): { etag: string; 'last-modified': string } {
  return { etag: `"${object.etag}"`, 'last-modified': new Date(object.lastModified).toUTCString() }
}

/** RFC 9110, section 13.2.2: the ETag decides before the date. */
function checkReadConditions(request: S3Request, object: ObjectRecord): void {
  const modified = Math.floor(Date.parse(object.lastModified) / 1000) * 1000
  const ifMatch = header(request, 'if-match')
  if (ifMatch !== undefined) {
    if (!matchesEtag(ifMatch, object.etag)) throw preconditionFailed('If-Match')
  } else if (modified > readDate(request, 'if-unmodified-since', Number.POSITIVE_INFINITY)) {
    throw preconditionFailed('If-Unmodified-Since')
  }
  const ifNoneMatch = header(request, 'if-none-match')
  const isUnchanged =
    ifNoneMatch !== undefined
      ? matchesEtag(ifNoneMatch, object.etag)
      : modified <= readDate(request, 'if-modified-since', Number.NEGATIVE_INFINITY)
  if (isUnchanged) throw new NotModified(object)
}

/** `If-Range`: the range applies to that object only; the client wants all of another one. */
function isRangeOf(request: S3Request, object: ObjectRecord): boolean {
  const ifRange = header(request, 'if-range')
  const { etag, 'last-modified': lastModified } = validators(object)
  return ifRange === undefined || ifRange === etag || ifRange === lastModified
}

/** Carries the validators that a 304 must repeat. */
export class NotModified extends S3Error {
  readonly headers: Record<string, string>

  constructor(object: ObjectRecord) {
    super('NotModified')
    this.headers = validators(object)
  }
}

function readDate(request: S3Request, name: string, otherwise: number): number {
  const time = Date.parse(header(request, name) ?? '')
  return Number.isNaN(time) ? otherwise : time
}

function preconditionFailed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', undefined, { Condition: condition })
}

function matchesEtag(list: string, etag: string): boolean {
  return list.split(',').some((item) => {
    const candidate = item.trim().replace(/^W\//, '')
    return candidate === '*' || candidate === etag || candidate === `"${etag}"`
  })
}

/** One byte range; like S3, several ranges or other units give the whole object. */
function parseRange(text: string | undefined, size: number): { start: number; end: number } | undefined {
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

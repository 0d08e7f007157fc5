// Shared by S3's lists: page size, byte order, prefix and delimiter, URL encoding.
import { S3Error } from '../s3-error.js'
import { uriEncode } from '../signatures/signature.js'
import { compareUtf8, findFirst } from '../state/sorted-map.js'

const maxPageSize = 1000

/** A larger number means 1,000, as on S3. @throws S3Error InvalidArgument unless it is a number */
export function readPageSize(query: URLSearchParams, name: string): number {
  return Math.min(readNumber(query, name) ?? maxPageSize, maxPageSize)
}

export function readNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (!text) return undefined
  if (!/^\d{1,9}$/.test(text)) {
    throw new S3Error('InvalidArgument', `Provided ${name} not an integer or within integer range`, {
      ArgumentName: name,
      ArgumentValue: text,
    })
  }
  return Number(text)
}

export function isAfter(key: string, marker: string): boolean {
  return compareUtf8(key, marker) > 0
}

/** Of a marker that may be the common prefix that the page before ended in: it stands for all keys under it. */
export function startsAfterMarker(
  marker: string,
  { prefix, delimiter }: { prefix: string; delimiter: string },
): (key: string) => boolean {
  const end = marker.length - delimiter.length
  const isCommonPrefix =
    delimiter !== '' && end >= prefix.length && marker.indexOf(delimiter, prefix.length) === end
  return (key) => isAfter(key, marker) && !(isCommonPrefix && key.startsWith(marker))
}

export interface Page<T> {
  items: T[]
  commonPrefixes: string[]
  isTruncated: boolean
  /** Where the page ends: an item, or a common prefix that stands for all its keys. */
  last: { item: T } | { commonPrefix: string } | undefined
}

export interface PageQuery<T> {
  prefix: string
  /** Empty for none. */
  delimiter: string
  pageSize: number
  /** Where the page starts: false up to an item, and true for all that follow. */
  isBeyond: (item: T) => boolean
}

/** @param sorted all items, by key */
export function takePage<T>(
  sorted: readonly T[],
  keyOf: (item: T) => string,
  { prefix, delimiter, pageSize, isBeyond }: PageQuery<T>,
): Page<T> {
  const page: Page<T> = { items: [], commonPrefixes: [], isTruncated: false, last: undefined }
  let index = findFirst(sorted, (item) => compareUtf8(keyOf(item), prefix) >= 0 && isBeyond(item))
  for (let item = sorted[index]; item !== undefined; item = sorted[index]) {
    const key = keyOf(item)
    if (!key.startsWith(prefix)) break
    if (page.items.length + page.commonPrefixes.length >= pageSize) {
      page.isTruncated = pageSize > 0
      break
    }
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1
    if (end < 0) {
      page.items.push(item)
      page.last = { item }
      index++
    } else {
      const commonPrefix = key.slice(0, end + delimiter.length)
      page.commonPrefixes.push(commonPrefix)
      page.last = { commonPrefix }
      index = findFirst(sorted, (other) => !keyOf(other).startsWith(commonPrefix), index)
    }
  }
  return page
}

/** `encoding-type=url`: how the reply encodes keys and prefixes. */
export function readEncoding(query: URLSearchParams): (text: string) => string {
  const encoding = query.get('encoding-type')
  if (encoding === null) return (text) => text
  if (encoding !== 'url') throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request')
  return (text) => uriEncode(text).replaceAll('%2F', '/')
}

// Shared by S3's lists: page size, byte order, prefix and delimiter, URL encoding.
import { S3Error } from '../s3-error.js'

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

/** Sorts by the bytes of UTF-8, which differs from JavaScript's order above U+FFFF. */
export function sortByKey<T>(items: Iterable<T>, keyOf: (item: T) => string): T[] {
  return Array.from(items, (item) => ({ item, bytes: Buffer.from(keyOf(item)) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ item }) => item)
}

export function isAfter(key: string, marker: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(marker)) > 0
}

export interface Page<T> {
  items: T[]
  commonPrefixes: string[]
  isTruncated: boolean
  /** Where the page ends: an item, or a common prefix that stands for all its keys. */
  last: { item: T } | { commonPrefix: string } | undefined
}

/** The first page of `items`, which are in order and start after the marker; all have the prefix. */
export function takePage<T>(
  items: T[],
  keyOf: (item: T) => string,
  { prefix, delimiter, pageSize }: { prefix: string; delimiter: string; pageSize: number },
): Page<T> {
  const page: Page<T> = { items: [], commonPrefixes: [], isTruncated: false, last: undefined }
  for (const item of items) {
    const key = keyOf(item)
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1
    const commonPrefix = end < 0 ? undefined : key.slice(0, end + delimiter.length)
    if (commonPrefix !== undefined && commonPrefix === page.commonPrefixes.at(-1)) continue
    if (page.items.length + page.commonPrefixes.length >= pageSize) {
      page.isTruncated = pageSize > 0
      break
    }
    if (commonPrefix === undefined) page.items.push(item)
    else page.commonPrefixes.push(commonPrefix)
    page.last = commonPrefix === undefined ? { item } : { commonPrefix }
  }
  return page
}

/** `encoding-type=url`: how the reply encodes keys and prefixes. */
export function readEncoding(query: URLSearchParams): (text: string) => string {
  const encoding = query.get('encoding-type')
  if (encoding === null) return (text) => text
  if (encoding !== 'url') throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request')
  return (text) => encodeURIComponent(text).replaceAll('%2F', '/')
}

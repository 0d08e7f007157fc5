// A page of a list: which keys, uploads and common prefixes it has, by the bytes of their names.
import type { Cursor, Entry, ListQuery } from './s3-model.js'

export interface Page {
  entries: Entry[]
  isTruncated: boolean
  cursor: Cursor<ListQuery> | undefined
}

/** @param all in any order */
export function pageOf(all: Entry[], query: ListQuery, after?: Entry): Page {
  const { prefix, delimiter, maxKeys = 1000, startAfter } = query
  const listed = all
    .filter(
      ({ name }) => name.startsWith(prefix) && (startAfter === '' || compareNames(name, startAfter) > 0),
    )
    .map((entry) => rollUp(entry, prefix, delimiter))
    .sort(compareEntries)
    .filter((entry, index, sorted) => index === 0 || compareEntries(entry, sorted[index - 1] as Entry) !== 0)
    .filter((entry) => !after || compareEntries(entry, after) > 0)
  const entries = listed.slice(0, maxKeys)
  const last = entries.at(-1)
  const isTruncated = last !== undefined && listed.length > entries.length
  return { entries, isTruncated, cursor: isTruncated ? { query, after: last } : undefined }
}

function rollUp(entry: Entry, prefix: string, delimiter: string): Entry {
  const end = delimiter === '' ? -1 : entry.name.indexOf(delimiter, prefix.length)
  return end < 0 ? entry : { name: entry.name.slice(0, end + delimiter.length), isPrefix: true }
}

function compareEntries(a: Entry, b: Entry): number {
  return compareNames(a.name, b.name) || (a.upload ?? -1) - (b.upload ?? -1)
}

function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

export const prefixesIn = ({ entries }: Page) =>
  entries.filter(({ isPrefix }) => isPrefix).map(({ name }) => name)
export const itemsIn = ({ entries }: Page) => entries.filter(({ isPrefix }) => !isPrefix)

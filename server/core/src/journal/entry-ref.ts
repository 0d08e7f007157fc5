// How a ticket refers to its journal entry.

/** Where an upload is in the journal. */
export interface EntryRef {
  /** The object's key, without the journal's prefix. */
  path: string
  /** Index of the file in the entry; `count` is the number of uploads in it. */
  index: number
  count: number
}

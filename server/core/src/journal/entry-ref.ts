// What a ticket has of its entry.

/** Where an upload is in the journal. */
export interface EntryRef {
  /** The object's key, without the journal's prefix. */
  path: string
  /** Which of the entry's files, and how many of these are uploads. */
  index: number
  count: number
}

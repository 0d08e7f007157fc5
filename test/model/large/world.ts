// A large file, that goes in two parts: what S3, the quota store, the host, two pages and the wire hold of it. A content is
// a letter: the parts of file `x` are `x`, so an object `xy` is of two files.
import type { Served } from '../call.js'

export type PageName = 'A' | 'B'

/** Names its upload by the upload's id; S3's upload id and the object's key go with that. */
export interface Entry {
  id: string
  /** The page load that it was made for: all parts are this page's … */
  page: string
  /** … unless another page has been granted it, too. */
  joined: boolean
  /** What the object has to be, as the last page that joined has said. */
  declared?: string
}

/** What `/create` answers. */
export interface Grant {
  id: string
  /** What S3 has. */
  stored: string[] | 'complete'
  joined: boolean
}

export interface Page {
  state: 'new' | 'sending' | 'completing' | 'cancelling' | 'done' | 'gone'
  content: string
  /** How often it has called `/create`: makes ids unique. */
  creates: number
  grant?: Grant
  declared?: true
  /** Its call is with a server. */
  waits?: true
  /** Uploads that it has been granted. */
  held: string[]
  /** `another upload`: another file has its key. What is in this one makes another key, which is a story by itself. */
  outcome?: 'complete' | 'handed over' | 'cancelled' | 'completed before' | 'another upload' | 'gave up'
}

export interface World extends Served {
  /** The journal, by name. */
  entries: Record<string, Entry>
  /** Multipart uploads that S3 has, by id; a part that is missing is ''. */
  uploads: Record<string, string[]>
  objects: Record<string, string>
  quota: Record<string, 'reserved' | 'finished'>
  /** Ids that `onComplete` has run with. */
  heard: Record<string, true>
  /** Ids whose time is over. */
  expired: Record<string, true>
  /** Parts on their way: what arrives may come from a page that has gone. */
  wire: { page: PageName; id: string; part: number; content: string }[]
  pages: Partial<Record<PageName, Page>>
  expiriesLeft: number
  cancelsLeft: number
}

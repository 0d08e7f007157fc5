// Two small files of one call of `/create`, each of which goes in a single request. They share an entry, whose name is never
// used again. Beside it lie objects without content, whose names tell: `s12`, files 1 and 2 are settled; `d1`, it is decided
// what becomes of file 1.
import type { Served } from '../call.js'

/** The names of the files. */
export const files = ['1', '2']

export type FileState =
  | 'granted'
  | 'sending'
  | 'sent'
  | 'complete'
  | 'cancelled'
  | 'completed before'
  | 'given up'

export interface World extends Served {
  /** The journal: the entry, and what lies beside it. */
  journal: { entry?: true; marks: Record<string, 'settled' | 'cancelled' | 'delivering'> }
  objects: Record<string, true>
  quota: Record<string, 'reserved' | 'finished'>
  /** Files that `onComplete` has run with. */
  heard: Record<string, true>
  /** Signed forms that S3 has begun to receive. */
  wire: string[]
  clock: { expired?: true }
  page: {
    state: 'new' | 'open' | 'completing' | 'gone' | `cancelling ${string}`
    waits?: true
    files: Record<string, FileState>
  }
  cancelsLeft: number
}

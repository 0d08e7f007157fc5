// What a bucket holds, as far as S3's documentation tells what follows from it.
import type { Algorithm, Content } from './content.js'

/** What is kept with an object and comes back with it. */
export interface Description {
  contentType?: string | undefined
  metadata?: Record<string, string> | undefined
}

export interface Checksum {
  algorithm: Algorithm
  /** Base64 */
  value: string
}

export interface StoredObject extends Description {
  contents: Content[]
  /** With quotes, as all ETags here. */
  etag: string
  checksum?: Checksum | undefined
  /** The place of the upload that it was completed from. */
  upload?: number | undefined
}

export interface Part {
  content: Content
  etag: string
  checksum?: Checksum | undefined
}

export type ListedPart = [number: number, part: Part]

export interface Upload extends Description {
  key: string
  /** COMPOSITE, as S3 has it for these algorithms unless told otherwise. */
  algorithm?: Algorithm | undefined
  parts: Map<number, Part>
  /** Completed or aborted. */
  isOver: boolean
  /** What it was completed with. */
  listed?: ListedPart[]
}

export function inOrder(parts: Map<number, Part>): ListedPart[] {
  return [...parts].sort(([a], [b]) => a - b)
}

/** A list that is truncated: what was asked for, and the entry that its page ended with. */
export interface Cursor<Query> {
  query: Query
  after: Entry
}

export interface ListQuery {
  prefix: string
  delimiter: string
  maxKeys: number | undefined
  startAfter: string
}

/** What a list has a place for: a key, an upload or a common prefix. */
export interface Entry {
  name: string
  /** Of an upload: its place among all. */
  upload?: number
  isPrefix: boolean
}

export interface Model {
  /** Whether there is a checksum where the client sends none: not on Ceph. */
  hasDefaultChecksums: boolean
  objects: Map<string, StoredObject>
  /** In the order of their creation. */
  uploads: Upload[]
  objectsCursor?: Cursor<ListQuery> | undefined
  uploadsCursor?: Cursor<ListQuery> | undefined
}

export function copyModel(model: Model): Model {
  return structuredClone(model)
}

/** Which of the keys, or of the uploads, an operation is about. */
export interface Pick {
  /** Only of those that there are: objects, or uploads that are not over. */
  isThere: boolean
  nth: number
}

/** The key of an object, the latest first. @param otherwise where there is nothing to pick */
export function pickKey({ objects }: Readonly<Model>, { isThere, nth }: Pick, otherwise: string): string {
  const keys = [...objects.keys()].reverse()
  return (isThere && keys[nth % keys.length]) || otherwise
}

/** The upload's place among all, those with most parts first; none if there is nothing to pick. */
export function pickUpload({ uploads }: Readonly<Model>, { isThere, nth }: Pick): number | undefined {
  const places = [...uploads.keys()].filter((place) => !(isThere && uploads[place]?.isOver))
  const partsOf = (place: number): number => uploads[place]?.parts.size ?? 0
  return places.sort((a, b) => partsOf(b) - partsOf(a) || b - a)[nth % places.length]
}

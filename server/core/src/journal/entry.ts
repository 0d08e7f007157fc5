// A journal entry: the uploads granted by one call, recorded before the page gets the grants.
import { z } from 'zod'
import type { Ticket } from '../tickets/ticket.js'

type Unbound<T> = T extends Ticket ? Omit<T, 'entry'> : never

/** A whole file that a Companion client sends in one request. No page reports its completion. */
export interface UnseenUpload extends Omit<Unbound<Ticket & { kind: 'single' }>, 'kind' | 'md5'> {
  kind: 'unseen'
}

/** An upload, with the page's description of its file. */
export interface JournaledUpload {
  ticket: Unbound<Ticket> | UnseenUpload
  name: string
  type: string
  metadata: Record<string, string>
}

export interface Entry {
  /** The mount that granted it: see `identifyMount`. */
  mount: string
  /** Digest of the browser that started it. Missing: its page sent none. */
  browser?: string
  /** Set for an upload in parts: the page's key, or the upload's id if the page sent none. */
  idempotencyKey?: string
  /** A page in another browser was granted it, too: the parts on S3 may come from two files. */
  joined?: boolean
  /** By index. Several: files sent in one request each. `null`: a file of the call that was not granted. */
  uploads: (JournaledUpload | null)[]
}

/** An entry as stored in the bucket. */
export interface FoundEntry extends Entry {
  path: string
  etag: string
}

const base = { id: z.string(), bucket: z.string(), key: z.string(), owner: z.string(), issuedAt: z.int() }
const size = z.int()
const TicketSchema = z.discriminatedUnion('kind', [
  z.object({ ...base, kind: z.literal('single'), size, md5: z.string().exactOptional() }),
  z.object({
    ...base,
    kind: z.literal('multipart'),
    uploadId: z.string(),
    size,
    partSize: z.int(),
    checksum: z.enum(['md5', 'crc64nvme']).exactOptional(),
    md5Etags: z.boolean(),
  }),
  z.object({
    ...base,
    kind: z.literal('open'),
    uploadId: z.string(),
    minFileSize: z.int(),
    maxFileSize: z.int(),
  }),
  z.object({ ...base, kind: z.literal('unseen'), size }),
])
const UploadSchema = z.object({
  ticket: TicketSchema,
  name: z.string(),
  type: z.string(),
  metadata: z.record(z.string(), z.string()),
})

/** What a sealed entry holds. */
export const EntrySchema: z.ZodType<Entry> = z.object({
  mount: z.string(),
  browser: z.string().exactOptional(),
  idempotencyKey: z.string().exactOptional(),
  joined: z.boolean().exactOptional(),
  uploads: z.array(UploadSchema.nullable()),
})

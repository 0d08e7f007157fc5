// An entry of the journal: uploads that were granted together, written down before the page hears of them.
import { z } from 'zod'
import type { Ticket } from '../tickets/ticket.js'

type Unbound<T> = T extends Ticket ? Omit<T, 'entry'> : never

/** Of a request of a Companion client that carries a whole file: no page will report its end. */
export interface UnseenUpload extends Omit<Unbound<Ticket & { kind: 'single' }>, 'kind' | 'md5'> {
  kind: 'unseen'
}

/** An upload, and what the page said of its file. */
export interface JournaledUpload {
  ticket: Unbound<Ticket> | UnseenUpload
  name: string
  type: string
  metadata: Record<string, string>
}

export interface Entry {
  /** Where it was granted: see `identifyMount`. */
  mount: string
  /** Digest of the browser that began it. Missing: its page did not tell. */
  browser?: string
  /** Of the page that began it, where the entry is of one upload. */
  idempotencyKey?: string
  /** A page of another browser has been granted it, too: what is on S3 may be of two files. */
  joined?: boolean
  /** By index. Several: files that go in one request each. `null`: a file of the call that was not granted. */
  uploads: (JournaledUpload | null)[]
}

/** As it is in the bucket. */
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

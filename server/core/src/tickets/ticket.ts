// What the server knows about an upload. The page keeps it, signed: see ticket-token.ts.
import type { EntryRef } from '../journal/entry-ref.js'
import type { ChecksumKind } from '../protocol.js'

interface TicketBase {
  /** UUID of the upload; the object carries it as metadata `partway-id`. */
  id: string
  bucket: string
  key: string
  owner: string
  /** Seconds since 1970. */
  issuedAt: number
  entry: EntryRef
}

/** A file that goes to S3 in one request. */
export interface SingleTicket extends TicketBase {
  kind: 'single'
  size: number
  /** Base64. Missing: the page sent none. */
  md5?: string
}

/** A file that goes in planned parts. */
export interface MultipartTicket extends TicketBase {
  kind: 'multipart'
  /** S3's upload id. */
  uploadId: string
  size: number
  partSize: number
  /** Checksum that its parts are sent with. */
  checksum?: ChecksumKind
  /** Whether the ETag of a part is its MD5. It is not where S3 encrypts with KMS. */
  md5Etags: boolean
  /** It was listed for a browser other than the one that started the upload: see `joinUpload`. */
  joins?: true
}

/** An upload in parts by a Companion client, which sends neither size nor part size. */
export interface OpenTicket extends TicketBase {
  kind: 'open'
  uploadId: string
  /** Allowed bytes of the whole file. */
  minFileSize: number
  maxFileSize: number
}

export type Ticket = SingleTicket | MultipartTicket | OpenTicket

/** For {@link Ticket}`.issuedAt`. */
export function secondsNow(): number {
  return Math.floor(Date.now() / 1000)
}

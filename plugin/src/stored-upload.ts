// An upload, as the browser keeps it for another page load.
import type { ChecksumKind, CompletedUpload } from '@partway/koa/protocol'
import type { PartPlan } from './plan-parts.js'
import type { MultipartRecord } from './upload-record.js'

/** Whose uploads. */
export interface UploadScope {
  /** The server's URL; a path is one of this origin. */
  endpoint: string
  /** Who is signed in, as the page's option `owner` tells; '' if it does not. */
  owner: string
}

/** Which upload. */
export interface UploadKey extends UploadScope {
  /** Of the file. */
  fingerprint: string
}

/** All that another page load needs to go on, and to show it. */
export interface StoredUpload extends UploadKey {
  name: string
  /** MIME type, or ''. */
  type: string
  /** Bytes. */
  size: number
  /** As the server was told. */
  metadata: Record<string, string>
  /** Stands for the upload in every call to the server. */
  ticket: string
  /** In the bucket. */
  objectKey: string
  plan: PartPlan
  /** What the server wants each part to be sent with. */
  checksum: ChecksumKind | undefined
  /** When the server stops to accept the ticket, on the clock of `Date.now()`. */
  expiresAt: number
  /** On the clock of `Date.now()`. */
  createdAt: number
  /** See {@link MultipartRecord}. */
  picked?: boolean
  /** No page of this browser has begun to send this part or a later one. Just before it, parts may still have been under way. */
  untouchedFrom?: number | undefined
  /** What came of it, at `createdAt`: for other tabs with the same file. Kept for a day. */
  completed?: CompletedUpload
  /** With it the file need not be picked again. */
  handle?: FileSystemFileHandle
}

/** The key that IndexedDB has for an upload. `/uploads` and its absolute URL are the same endpoint. */
export function toStoreKey({ endpoint, owner, fingerprint }: UploadKey): string[] {
  return [toAbsolute(endpoint), owner, fingerprint]
}

/** An endpoint as a URL of its own. */
export function toAbsolute(endpoint: string): string {
  const base = globalThis.location?.href
  return URL.canParse(endpoint, base) ? new URL(endpoint, base).href : endpoint
}

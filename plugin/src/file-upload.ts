// What an upload works on (a file) and with (what all files of a plugin share).
import type { FileRequest } from '@partway/koa/protocol'
import type { Admission } from './admission.js'
import type { Elsewhere } from './elsewhere.js'
import type { PartwayError, Values } from './errors.js'
import type { Notice } from './locale.js'
import type { Membership } from './membership.js'
import type { Settings } from './options.js'
import type { ChecksumsAhead, ExpectedParts } from './part-checksum.js'
import type { Progress } from './progress.js'
import type { Scheduler } from './scheduler.js'
import type { UploadServer } from './server-client.js'
import type { UploadKey } from './stored-upload.js'
import type { UploadRecord } from './upload-record.js'
import type { UploadStore } from './upload-store.js'

/** A file, and what the server is told of it. */
export interface IdentifiableFile {
  readonly request: FileRequest
  readonly data: Blob
  /** Told when it cannot go on, because reading it hangs or another tab uploads it, and with nothing when it does. */
  readonly waitsFor?: (what: 'drive' | 'tab' | undefined) => void
}

/** A file and how far it has come. */
export interface FileUpload extends IdentifiableFile {
  readonly progress: Progress
  /** On the clock of `Date.now()`. */
  readonly begunAt: number
  /** Told of each try to send of the file that failed. */
  readonly tryFailed: (error: unknown) => void
  /** The upload on the server. While there is one, the file goes on instead of starting. */
  record: UploadRecord | undefined
  /** Of the parts that are probably the first to be sent. */
  checksumsAhead?: ChecksumsAhead
  /** What its upload is found by after a reload; known once a large file's upload has begun. */
  key?: UploadKey
}

/** Tells the user, in the page's language. @param reason what went wrong, as far as something did */
export type Tell = (notice: Notice, values: Values, reason?: PartwayError) => void

/** What all files of a plugin share. */
export interface UploadContext {
  server: UploadServer
  scheduler: Scheduler
  admission: Admission
  store: UploadStore
  elsewhere: Elsewhere
  /** Those whose upload is being aborted: there is nothing of them to continue. */
  discarding: Set<FileUpload>
  membership: Membership
  /** Slots for reading what files are identified by. */
  readers: Scheduler
  /**
   * Whether a file of so many bytes goes in parts; what that takes is loaded then. Resolves when the server has told, or
   * cannot be asked.
   */
  goesInParts(size: number, signal: AbortSignal): Promise<boolean>
  /** Opens connections to S3, for what is sent soon. */
  preconnect(): void
  /** Of a file that is new. */
  expectParts(size: number): ExpectedParts
  settings(): Settings
  tell: Tell
  log(message: string): void
}

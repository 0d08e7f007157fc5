// The types of a file's upload, and of what all files of a plugin share.
import type { CompletedUpload, FileRequest } from '@partway/server/protocol'
import type { UploadServer } from '../server/server-client.js'
import type { Settings } from '../settings.js'
import type { LimitLease } from '../transfer/limit-lease.js'
import type { Notify } from '../transfer/retry.js'
import type { Scheduler } from '../transfer/scheduler.js'
import type { Admission } from './admission.js'
import type { IdentifiableFile, Identity } from './identity.js'
import type { KeptHandles } from './kept-handles.js'
import type { PickedUpload } from './picked-upload.js'
import type { Progress } from './progress.js'
import type { Following } from './tabs.js'
import type { MultipartRecord, UploadRecord } from './upload-record.js'

/** An added file, and the request that the server gets for it. */
export interface AddedFile extends IdentifiableFile {
  readonly request: FileRequest
  readonly identity: Identity
}

/** A file's result, shared by the tab that uploaded it. */
export interface SharedResult {
  /** The file's request as JSON: other metadata makes another upload. */
  request: string
  /** The upload that the file is compared with. */
  record: MultipartRecord
  completed: CompletedUpload
}

/** A file and the state of its upload. */
export interface FileUpload extends AddedFile {
  readonly progress: Progress
  /** Called after each failed try to send. */
  readonly tryFailed: (error: unknown) => void
  /** The upload on the server. While there is one, the file resumes instead of starting. */
  record: UploadRecord | undefined
  /** Who started it, as the server says: only they can resume it. */
  owner?: string
  /** The upload that the user picked the file for, while the file resumes it. */
  picked?: PickedUpload | undefined
  /** How many uploads under the file's key turned out to have other content. */
  variant: number
  /** A large file's key: it finds the upload after a reload. */
  lock?: string
  /** Idempotency key of a file in one request, while its upload is created. */
  singleKey?: string | undefined
  /** Shares the result with other tabs that have the file, and receives theirs. */
  following?: Following | undefined
  /** The result that another tab has shared. */
  shared?: SharedResult | undefined
}

/** What all files of a plugin share. */
export interface UploadContext {
  server: UploadServer
  scheduler: Scheduler
  admission: Admission
  handles: KeptHandles
  /** Files whose upload is being aborted: they cannot be continued. */
  discarding: Set<FileUpload>
  limitLease: LimitLease
  /** Slots for reads that identify a file or check that it is readable. */
  readers: Scheduler
  /**
   * Whether a file of `size` bytes goes in parts. Loads what its checksums need. Resolves when the server has answered,
   * or cannot be asked.
   */
  goesInParts(size: number, signal: AbortSignal): Promise<boolean>
  /** Opens connections to S3 before they are needed. */
  preconnect(): void
  /** Whether the server wants checksums, as far as it has answered. */
  sendsChecksums(): boolean
  /** The list of unfinished uploads has changed. */
  changed(): void
  settings(): Settings
  notify: Notify
  log(message: string): void
}

// What an upload works on (a file) and with (what all files of a plugin share).
import type { ChecksumKind, CompletedUpload, FileRequest } from '@partway/server/protocol'
import type { UploadServer } from '../server/server-client.js'
import type { Settings } from '../settings.js'
import type { LimitLease } from '../transfer/limit-lease.js'
import type { Notify } from '../transfer/retry.js'
import type { Scheduler } from '../transfer/scheduler.js'
import type { Admission } from './admission.js'
import type { IdentifiableFile, Identity } from './identity.js'
import type { KeptHandles } from './kept-handles.js'
import type { PickedUpload } from './picked-upload.js'
import type { PartPlan } from './plan-parts.js'
import type { Progress } from './progress.js'
import type { Following } from './tabs.js'
import type { MultipartRecord, UploadRecord } from './upload-record.js'

/** A file that has been added, and what the server would be told of it. */
export interface AddedFile extends IdentifiableFile {
  readonly request: FileRequest
  readonly identity: Identity
}

/** Parts that will probably be sent, as far as that can be known before the server has answered. */
export interface PredictedParts {
  checksum: ChecksumKind | undefined
  plan: PartPlan | undefined
  /** Their numbers. */
  nextParts?: number[] | undefined
}

/** Checksums of parts that are not needed yet. */
export interface PrecomputedChecksums {
  kind: ChecksumKind
  plan: PartPlan
  /** By part. `undefined`: it did not work out, and is to be tried again. */
  computed: Map<number, Promise<string | undefined>>
}

/** What came of a file, as the tab that uploaded it tells. */
export interface SharedResult {
  /** What the server was told of the file: with other metadata it is another upload. */
  request: string
  /** What the file is compared with. */
  record: MultipartRecord
  completed: CompletedUpload
}

/** A file and how far it has come. */
export interface FileUpload extends AddedFile {
  readonly progress: Progress
  /** Told of each try to send of the file that failed. */
  readonly tryFailed: (error: unknown) => void
  /** The upload on the server. While there is one, the file goes on instead of starting. */
  record: UploadRecord | undefined
  /** Of the parts that are probably the first to be sent. */
  precomputed?: PrecomputedChecksums
  /** Who began it, as the server told: nobody else goes on with it. */
  owner?: string
  /** What the user picked the file for, as long as it goes on with that. */
  picked?: PickedUpload | undefined
  /** So many uploads that were begun by the file's key turned out to have other content. */
  variant: number
  /** A large file's: its upload is found by it after a reload. */
  lock?: string
  /** Of a file in one request, while it is created. */
  singleKey?: string | undefined
  /** Other tabs with the file are told when it is done, as this one is. */
  following?: Following | undefined
  /** What another tab has made of the file. */
  shared?: SharedResult | undefined
}

/** What all files of a plugin share. */
export interface UploadContext {
  server: UploadServer
  scheduler: Scheduler
  admission: Admission
  handles: KeptHandles
  /** Those whose upload is being aborted: there is nothing of them to continue. */
  discarding: Set<FileUpload>
  limitLease: LimitLease
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
  predictParts(size: number): PredictedParts
  /** The list of unfinished uploads has changed. */
  changed(): void
  settings(): Settings
  notify: Notify
  log(message: string): void
}

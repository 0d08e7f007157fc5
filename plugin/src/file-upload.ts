// What an upload works on (a file) and with (what all files of a plugin share).
import type { FileRequest } from '@partway/koa/protocol'
import type { Admission } from './admission.js'
import type { Settings } from './options.js'
import type { Progress } from './progress.js'
import type { Scheduler } from './scheduler.js'
import type { UploadServer } from './server-client.js'
import type { UploadRecord } from './upload-record.js'

/** A file and how far it has come. */
export interface FileUpload {
  readonly request: FileRequest
  readonly data: Blob
  readonly progress: Progress
  /** The upload on the server. While there is one, the file goes on instead of starting. */
  record: UploadRecord | undefined
}

/** What all files of a plugin share. */
export interface UploadContext {
  server: UploadServer
  scheduler: Scheduler
  admission: Admission
  settings(): Settings
  log(message: string): void
}

// The public type of an upload that can be continued.
// In its own file: the package's public types must not lead to those of the server, which pages do not install.

/** An upload that can be continued. */
export interface UnfinishedUpload {
  /** For `discard` and `continueWith`. */
  id: string
  /** The file's name. */
  name: string
  /** MIME type, or ''. */
  type: string
  /** Bytes. */
  size: number
  /** Bytes that S3 has. */
  bytesUploaded: number
  createdAt: Date
  /** When it can no longer be continued. */
  expiresAt: Date
  /** Started in this browser: it also resumes when its file is added again. */
  startedHere: boolean
  /** A tab of this browser works on it. */
  running: boolean
  /** Whether `continueUnfinished` can resume it: the page has called `rememberHandle`. */
  hasHandle: boolean
}

/** Which uploads to list. */
export interface UnfinishedOptions {
  /** Lists those after this `id`, the last one listed before. @default from the first */
  after?: string | undefined
}

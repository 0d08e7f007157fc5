// What the page is told about an upload that can be continued.
// A file of its own: the package's public types must not lead to those of the server, which pages do not install.

/** An upload that can be continued. */
export interface UnfinishedUpload {
  /** For `discard` and `continueWith`. */
  id: string
  /** The file's. */
  name: string
  /** MIME type, or ''. */
  type: string
  /** Bytes. */
  size: number
  /** What S3 has of it. */
  bytesUploaded: number
  createdAt: Date
  /** When it cannot be continued any more. */
  expiresAt: Date
  /** In this browser: it also goes on when its file is added again. */
  startedHere: boolean
  /** A tab of this browser works on it. */
  running: boolean
  /** Whether `continueUnfinished` can go on with it: the page has called `rememberHandle`. */
  hasHandle: boolean
}

/** Which of them. */
export interface UnfinishedOptions {
  /** The `id` of the last one of those before. @default the first */
  after?: string | undefined
}

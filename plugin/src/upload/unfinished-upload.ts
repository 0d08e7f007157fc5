// The public type of an upload that can be continued.
// In its own file: the package's public types must not lead to those of the server, which pages do not install.

/** An upload that can be continued. */
export interface UnfinishedUpload {
  /** For `discard` and `continueWith`. */
  id: string
  /** The file's name. */
  name: string
  /** MIME type; `''` when the browser knew none. */
  type: string
  /** Bytes. */
  size: number
  /** Bytes that S3 has. */
  bytesUploaded: number
  /** When it was started. */
  createdAt: Date
  /** When it can no longer be continued. */
  expiresAt: Date
  /** It was started in this browser, so it also resumes when its file is added again. */
  startedHere: boolean
  /** A tab of this browser works on it. */
  running: boolean
  /** `continueUnfinished` can resume it, because the page has called `rememberHandle`. */
  hasHandle: boolean
}

/** Which uploads `unfinished()` lists. */
export interface UnfinishedOptions {
  /** The `id` of the last upload listed before: lists those after it. @default from the first */
  after?: string | undefined
}

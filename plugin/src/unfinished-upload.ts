// What the page is told about an upload that can be continued.
// A file of its own: the package's public types must not lead to those of the server, which pages do not install.

/** An upload that can be continued. */
export interface UnfinishedUpload {
  /** For `discard` and `continueWith`. */
  id: string
  /** The file's. Of one begun elsewhere, what the object's key keeps of it. */
  name: string
  /** MIME type, or ''. Of one begun elsewhere always ''. */
  type: string
  /** Bytes. */
  size: number
  /** What S3 has of it. `undefined` if the server could not be asked. */
  bytesUploaded: number | undefined
  /** Whether `continueUnfinished` can go on with it: the page has called `rememberHandle`. */
  hasHandle: boolean
  /** Begun in another browser: `continueWith` can go on with it, adding the file again does not. */
  elsewhere: boolean
  createdAt: Date
  /** When it cannot be continued any more. */
  expiresAt: Date
}

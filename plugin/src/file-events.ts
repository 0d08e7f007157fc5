// Uppy's events about one file, in Uppy's shapes. A file that is no longer Uppy's is not spoken of.
import type { BasePlugin } from '@uppy/core'
import type { Body, Meta, UppyFile } from '@uppy/core/utils'
import { ClientError, PartwayError } from './errors.js'

/** `response.body` of an uploaded file: what the server's `onComplete` returned, and over it these. */
export interface PartwayBody extends Body {
  /** The object's URL, percent-encoded. It says where the object is, not that anyone may read it. */
  location: string
  /** The object's key in the bucket. */
  key: string
  /** Bytes. */
  size: number
  /** As S3 gives it. */
  etag: string
}

/** The plugin, as far as events need it: options may change the language. */
export type Emitter<M extends Meta, B extends Body> = Pick<BasePlugin<object, M, B>, 'uppy' | 'i18n'>

/** `upload-progress` */
export function emitProgress<M extends Meta, B extends Body>(
  { uppy }: Emitter<M, B>,
  fileId: string,
  bytesUploaded: number,
  bytesTotal: number,
): void {
  const file = currentFile(uppy, fileId)
  if (!file) return
  const { progress } = file
  // Uppy ignores progress after 100 %, which it also rounds up to. Bytes that have to be sent again would not show.
  if (progress.percentage === 100 && progress.uploadStarted !== null && bytesUploaded < bytesTotal) {
    uppy.setFileState(fileId, { progress: { ...progress, percentage: 99 } })
  }
  const uploadStarted = progress.uploadStarted ?? Date.now()
  uppy.emit('upload-progress', file, { uploadStarted, bytesUploaded, bytesTotal })
}

/** `upload-success` */
export function emitSuccess<M extends Meta, B extends Body>(
  { uppy }: Emitter<M, B>,
  fileId: string,
  upload: PartwayBody,
): void {
  const file = currentFile(uppy, fileId)
  if (!file) return
  // The page chooses B; this is what it gets.
  const body = upload as Body as B
  uppy.emit('upload-success', file, { status: 200, body, uploadURL: upload.location })
}

/** `upload-error`, in the page's language where the sentence is the plugin's own. */
export function emitError<M extends Meta, B extends Body>(
  { uppy, i18n }: Emitter<M, B>,
  fileId: string,
  error: unknown,
): void {
  const file = currentFile(uppy, fileId)
  if (!file) return
  const failure = localize(error, i18n)
  const { status } = failure
  uppy.emit('upload-error', file, failure, status === undefined ? undefined : { status })
}

/** `upload-stalled`: a transfer has stopped moving, and is tried again. */
export function emitStalled<M extends Meta, B extends Body>(
  { uppy, i18n }: Emitter<M, B>,
  fileId: string,
  { code, values }: ClientError,
): void {
  const file = currentFile(uppy, fileId)
  if (file) uppy.emit('upload-stalled', new PartwayError(i18n('stalled', values), code), [file])
}

/** The error with the page's words, where the sentence is the plugin's own. */
export function localize(error: unknown, i18n: BasePlugin<object, Meta, Body>['i18n']): PartwayError {
  const failure = toPartwayError(error)
  if (failure instanceof ClientError) failure.message = i18n(failure.code, failure.values)
  return failure
}

// Whatever the page's own functions throw, such as `headers`.
function toPartwayError(error: unknown): PartwayError {
  if (error instanceof PartwayError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new ClientError('unexpected_error', { reason }, { cause: error })
}

// Uppy's own type does not say that there may be no such file.
function currentFile<M extends Meta, B extends Body>(
  uppy: Emitter<M, B>['uppy'],
  fileId: string,
): UppyFile<M, B> | undefined {
  return uppy.getFile(fileId)
}

// Emits Uppy's events for a file that the engine uploads, in Uppy's shapes. Emits none for a file that Uppy no longer has.
import type { Body, Meta } from '@uppy/core'
import { type ClientError, PartwayError } from '../errors.js'
import { callListeners } from './call-listeners.js'
import { currentFile, type Emitter, setWaiting } from './file-state.js'

/** `response.body` of an uploaded file: what the server's `onComplete` returned, overwritten by these. */
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

/** `upload-progress` */
export function emitProgress<M extends Meta, B extends Body>(
  plugin: Emitter<M, B>,
  fileId: string,
  bytesUploaded: number,
  bytesTotal: number,
): void {
  const { uppy } = plugin
  const file = currentFile(uppy, fileId)
  if (!file) return
  setWaiting(plugin, [fileId], undefined)
  const { progress } = file
  // Uppy rounds up to 100 %, and ignores progress after that. Bytes that have to be sent again would not show.
  if (progress.percentage === 100 && progress.uploadStarted !== null && bytesUploaded < bytesTotal) {
    callListeners(() => uppy.setFileState(fileId, { progress: { ...progress, percentage: 99 } }))
  }
  const uploadStarted = progress.uploadStarted ?? Date.now()
  callListeners(() => uppy.emit('upload-progress', file, { uploadStarted, bytesUploaded, bytesTotal }))
}

/** `upload-success` */
export function emitSuccess<M extends Meta, B extends Body>(
  plugin: Emitter<M, B>,
  fileId: string,
  upload: PartwayBody,
): void {
  const { uppy } = plugin
  const file = currentFile(uppy, fileId)
  if (!file) return
  setWaiting(plugin, [fileId], undefined)
  // The page chooses B; this is what it gets.
  const body = upload as Body as B
  const response = { status: 200, body, uploadURL: upload.location }
  callListeners(() => uppy.emit('upload-success', file, response))
}

/** `upload-stalled`: a transfer has stalled, and is retried. */
export function emitStalled<M extends Meta, B extends Body>(
  { uppy, i18n }: Emitter<M, B>,
  fileId: string,
  { code, values }: ClientError,
): void {
  const file = currentFile(uppy, fileId)
  if (!file) return
  const error = new PartwayError(i18n('stalled', values), code)
  callListeners(() => uppy.emit('upload-stalled', error, [file]))
}

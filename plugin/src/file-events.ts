// Uppy's events about one file, in Uppy's shapes. A file that is no longer Uppy's is not spoken of.
import type { BasePlugin } from '@uppy/core'
import type { Body, Meta, UppyFile } from '@uppy/core/utils'
import { callListeners } from './call-listeners.js'
import { ClientError, PartwayError, toPartwayError } from './errors.js'

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

/** What the plugin adds to the state of Uppy's files. */
export interface WaitingFile {
  /** Why nothing of the file moves, in the page's language. Missing, or `undefined`: it moves, or is not under way. */
  waiting?: string | undefined
}

/** In one go: Uppy copies the state of all its files each time. */
export function setWaiting<M extends Meta, B extends Body>(
  { uppy }: Emitter<M, B>,
  fileIds: string[],
  waiting: string | undefined,
): void {
  const files: Record<string, UppyFile<M, B> & WaitingFile> = uppy.getState().files
  const changed = fileIds.flatMap((id) => files[id] ?? []).filter((file) => file.waiting !== waiting)
  if (changed.length === 0) return
  const entries = changed.map((file) => [file.id, { ...file, waiting }])
  callListeners(() => uppy.setState({ files: { ...files, ...Object.fromEntries(entries) } }))
}

/** `upload-start` */
export function emitStart<M extends Meta, B extends Body>(
  { uppy }: Pick<Emitter<M, B>, 'uppy'>,
  files: UppyFile<M, B>[],
): void {
  callListeners(() => uppy.emit('upload-start', files))
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
  moves(plugin, file)
  const { progress } = file
  // Uppy ignores progress after 100 %, which it also rounds up to. Bytes that have to be sent again would not show.
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
  moves(plugin, file)
  // The page chooses B; this is what it gets.
  const body = upload as Body as B
  const response = { status: 200, body, uploadURL: upload.location }
  callListeners(() => uppy.emit('upload-success', file, response))
}

/** `upload-error`, in the page's language where the sentence is the plugin's own. */
export function emitError<M extends Meta, B extends Body>(
  plugin: Emitter<M, B>,
  fileId: string,
  error: unknown,
): void {
  const { uppy, i18n } = plugin
  const file = currentFile(uppy, fileId)
  if (!file) return
  moves(plugin, file)
  const failure = localize(error, i18n)
  const { status } = failure
  const response = status === undefined ? undefined : { status }
  // Uppy does so in the event, if no listener of its state throws before: a failure may not look like a success.
  callListeners(() => uppy.setFileState(fileId, { error: failure.message }))
  callListeners(() => uppy.emit('upload-error', file, failure, response))
}

/** `upload-stalled`: a transfer has stopped moving, and is tried again. */
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

/** The error with the page's words, where the sentence is the plugin's own. */
export function localize(error: unknown, i18n: BasePlugin<object, Meta, Body>['i18n']): PartwayError {
  const failure = toPartwayError(error)
  if (failure instanceof ClientError) failure.message = i18n(failure.code, failure.values)
  return failure
}

function moves<M extends Meta, B extends Body>(
  plugin: Emitter<M, B>,
  file: UppyFile<M, B> & WaitingFile,
): void {
  if (file.waiting !== undefined) setWaiting(plugin, [file.id], undefined)
}

// Uppy's own type does not say that there may be no such file.
function currentFile<M extends Meta, B extends Body>(
  uppy: Emitter<M, B>['uppy'],
  fileId: string,
): UppyFile<M, B> | undefined {
  return uppy.getFile(fileId)
}

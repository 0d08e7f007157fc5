// The state of the plugin's files in Uppy: why one waits, and that it failed. Skips files that Uppy no longer has.
import type { BasePlugin, Body, Meta, UppyFile } from '@uppy/core'
import { ClientError, type PartwayError, toPartwayError } from '../errors.js'
import { callListeners } from './call-listeners.js'

/** What events need of the plugin: options may change the language. */
export type Emitter<M extends Meta, B extends Body> = Pick<BasePlugin<object, M, B>, 'uppy' | 'i18n'>

/** What the plugin adds to the state of Uppy's files. */
export interface WaitingFile {
  /** Why the file makes no progress, in the page's language. Missing, or `undefined`: it does, or is not in flight. */
  waiting?: string | undefined
}

/** In one update: Uppy copies the state of all its files each time. */
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

/** `upload-error`, in the page's language if the message is the plugin's own. */
export function emitError<M extends Meta, B extends Body>(
  plugin: Emitter<M, B>,
  fileId: string,
  error: unknown,
): void {
  const { uppy, i18n } = plugin
  const file = currentFile(uppy, fileId)
  if (!file) return
  setWaiting(plugin, [fileId], undefined)
  const failure = localize(error, i18n)
  const { status } = failure
  const response = status === undefined ? undefined : { status }
  // The event sets it, too, unless a state listener throws first: a failure must not look like a success.
  callListeners(() => uppy.setFileState(fileId, { error: failure.message }))
  callListeners(() => uppy.emit('upload-error', file, failure, response))
}

/** The error, in the page's language if the message is the plugin's own. */
export function localize(error: unknown, i18n: BasePlugin<object, Meta, Body>['i18n']): PartwayError {
  const failure = toPartwayError(error)
  if (failure instanceof ClientError) failure.message = i18n(failure.code, failure.values)
  return failure
}

// Uppy's own type does not say that there may be no such file.
export function currentFile<M extends Meta, B extends Body>(
  uppy: Emitter<M, B>['uppy'],
  fileId: string,
): UppyFile<M, B> | undefined {
  return uppy.getFile(fileId)
}

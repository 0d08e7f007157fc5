// The events of Uppy that the plugin emits: types only.
import type { Body, Meta, UppyEventMap } from '@uppy/core'

/** Events that the plugin emits, in Uppy's shapes. */
export interface PluginEvents<M extends Meta, B extends Body> {
  /** Once for each batch of files, before anything is sent. */
  'upload-start': UppyEventMap<M, B>['upload-start']
  /**
   * At most ten times a second for each file, and a last one. A form of less than 1 MiB reports only the last, and only if it takes
   * more than a second.
   */
  'upload-progress': UppyEventMap<M, B>['upload-progress']
  /**
   * The object is in the bucket, and the server has verified it. `response` is `{ status: 200, body, uploadURL }`. `body` is a
   * {@link PartwayBody} with what the server's `onComplete` returned. `uploadURL` is its `location`.
   */
  'upload-success': UppyEventMap<M, B>['upload-success']
  /** A transfer has moved no byte for `stallTimeoutMs`. It is tried again. `error.code` is `upload_stalled`. */
  'upload-stalled': UppyEventMap<M, B>['upload-stalled']
  /** A file has failed. `error` is a {@link PartwayError}. Cancelling is no error. */
  'upload-error': UppyEventMap<M, B>['upload-error']
  /** An upload has started, ended or been discarded, in any tab: what `unfinished()` lists has changed. */
  'partway:unfinished-changed': () => void
}

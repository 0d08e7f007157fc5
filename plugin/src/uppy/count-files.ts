// Which files Uppy counts when one of its uploads ends.
import type { Body, Meta, Uppy, UppyFile } from '@uppy/core'
import { callListeners } from './call-listeners.js'

/** Leaves out the other files, and those that Uppy no longer has: it would fail on them. */
export function countFiles<M extends Meta, B extends Body>(
  uppy: Uppy<M, B>,
  uploadId: string,
  isCounted: (file: UppyFile<M, B>) => unknown,
): void {
  const { currentUploads, files } = uppy.getState()
  const upload = currentUploads[uploadId]
  if (!upload) return
  const fileIDs = upload.fileIDs.filter((id) => files[id] && isCounted(files[id]))
  if (fileIDs.length === upload.fileIDs.length) return
  const changed = { ...currentUploads, [uploadId]: { ...upload, fileIDs } }
  callListeners(() => uppy.setState({ currentUploads: changed }))
}

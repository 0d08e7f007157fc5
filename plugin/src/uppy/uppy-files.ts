// Uppy's kinds of files, and which of them an upload takes. Uppy 5 and 6 export the like under different paths.
import type { Body, Meta, UppyFile } from '@uppy/core'

export type LocalUppyFile<M extends Meta, B extends Body> = Extract<UppyFile<M, B>, { isRemote: false }>
export type RemoteUppyFile<M extends Meta, B extends Body> = Extract<UppyFile<M, B>, { isRemote: true }>

/** Leaves out those that have failed, and those that are uploaded, as restored ones may be. */
export function filterFilesToUpload<M extends Meta, B extends Body>(
  files: UppyFile<M, B>[],
): UppyFile<M, B>[] {
  return files.filter(({ error, progress }) => !error && !progress.uploadComplete)
}

/** Leaves out restored files whose start was emitted before. */
export function filterFilesToEmitUploadStarted<M extends Meta, B extends Body>(
  files: UppyFile<M, B>[],
): UppyFile<M, B>[] {
  return files.filter(({ progress, isRestored }) => !progress.uploadStarted || !isRestored)
}

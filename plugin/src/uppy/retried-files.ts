// Waits for files of one of Uppy's uploads that a later upload has taken over, as a retry does.
import type { Body, Meta, Uppy } from '@uppy/core'

/**
 * Resolves when none of the files is being retried. Uppy counts an upload's files when it ends, and counts a file without an
 * error as a success.
 */
export async function whenNotRetried<M extends Meta, B extends Body>(
  uppy: Uppy<M, B>,
  uploadId: string,
  fileIds: ReadonlySet<string>,
): Promise<void> {
  const isRetried = () => {
    const { currentUploads, files } = uppy.getState()
    // The oldest first.
    const uploadIds = Object.keys(currentUploads)
    const own = uploadIds.indexOf(uploadId)
    // All its files were removed.
    if (own === -1) return false
    const taken = new Set(uploadIds.slice(own + 1).flatMap((id) => currentUploads[id]?.fileIDs ?? []))
    return [...fileIds].some((id) => {
      const file = files[id]
      return file && taken.has(id) && !file.error && !file.progress.uploadComplete
    })
  }
  await new Promise<void>((resolve) => {
    const check = () => {
      if (isRetried()) return
      uppy.off('state-update', check)
      resolve()
    }
    uppy.on('state-update', check)
    check()
  })
}

// Starts some of Uppy's files and no others: `uppy.upload()` starts all that wait, and retries all that failed.
import type { Body, Meta } from '@uppy/core'
import { makeRandom } from '../server/browser.js'
import { callListeners } from './call-listeners.js'
import type { Emitter } from './file-state.js'

/** As `uppy.upload()`, for these files. Failures become Uppy's `error`. Starts nothing if `onBeforeUpload` returns false. */
export async function startFiles<M extends Meta, B extends Body>(
  { uppy }: Pick<Emitter<M, B>, 'uppy'>,
  fileIds: string[],
): Promise<void> {
  try {
    const answer = uppy.opts.onBeforeUpload(uppy.getState().files)
    if (answer === false) {
      uppy.log('Not starting the upload because onBeforeUpload returned false')
      return
    }
    if (answer && typeof answer === 'object') callListeners(() => uppy.setState({ files: answer }))
    const present = () => fileIds.filter((id) => id in uppy.getState().files)
    if (present().length === 0) return
    const uploadId = makeRandom()
    callListeners(() => uppy.emit('upload', uploadId, uppy.getFilesByIds(present())))
    const allowNewUpload = uppy.opts.allowMultipleUploadBatches !== false
    // A listener may have removed some.
    const upload = { fileIDs: present(), step: 0, result: {} }
    const currentUploads = { ...uppy.getState().currentUploads, [uploadId]: upload }
    callListeners(() => uppy.setState({ allowNewUpload, currentUploads }))
    await uppy.restore(uploadId)
  } catch (error) {
    callListeners(() => uppy.emit('error', error instanceof Error ? error : new Error(String(error))))
  }
}

// The upload of the test file in the page's Uppy.
import type { PartwayBody } from '@partway/uppy'
import { EventManager, type Meta, type Uppy } from '@uppy/core'
import type { UppyFile } from '@uppy/core/utils'
import { getTestFile, isTestFile } from '../unfinished/test-file.js'
import type { UnfinishedList } from '../unfinished/unfinished-list.js'

type AnyFile = UppyFile<Meta, PartwayBody>

export class TestUpload {
  constructor(
    private readonly uppy: Uppy<Meta, PartwayBody>,
    private readonly unfinished: UnfinishedList,
  ) {}

  /**
   * Starts the upload, or goes on with it.
   * @returns the object's key
   * @throws Error with a sentence for the user if Uppy does not take the file, or the upload fails or is removed; the
   * signal's reason
   */
  start(signal: AbortSignal): Promise<string> {
    const known = this.uppy.getFiles().find(isTestFile)
    if (known?.progress.uploadComplete) this.uppy.removeFile(known.id)
    const uploaded = this.#untilUploaded(signal)
    const file = this.uppy.getFiles().find(isTestFile)
    if (!file) this.#add()
    if (!file || !this.#isInFlight(file)) void this.uppy.upload()
    else if (file.isPaused) this.uppy.pauseResume(file.id)
    return uploaded
  }

  /** Continues the upload after a reload. @returns as {@link start}; `undefined` if no upload of it is unfinished */
  async resume(signal: AbortSignal): Promise<string | undefined> {
    const uploaded = this.#untilUploaded(signal)
    return (await this.unfinished.continueTestFile()) ? await uploaded : undefined
  }

  #untilUploaded(signal: AbortSignal): Promise<string> {
    const events = new EventManager(this.uppy)
    const uploaded = new Promise<string>((resolve, reject) => {
      const failed = (why: string) => (file: AnyFile | undefined) => {
        if (file && isTestFile(file)) reject(new Error(why))
      }
      events.on('upload-success', (file, { body }) => {
        if (file && body && isTestFile(file)) resolve(body.key)
      })
      events.on('upload-error', failed('The upload failed.'))
      events.on('file-removed', failed('The upload was cancelled.'))
      signal.addEventListener('abort', () => reject(signal.reason))
    }).finally(() => events.remove())
    // The caller may look at it later, or not at all.
    uploaded.catch(() => {})
    return uploaded
  }

  #isInFlight({ id }: AnyFile): boolean {
    return Object.values(this.uppy.getState().currentUploads).some(({ fileIDs }) => fileIDs.includes(id))
  }

  #add(): void {
    const data = getTestFile()
    try {
      this.uppy.addFile({ name: data.name, type: data.type, data })
    } catch {
      // The Dashboard says why.
      throw new Error('The upload could not start.')
    }
  }
}

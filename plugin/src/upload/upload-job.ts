// A file in Uppy's hands: runs its upload, stops it for a pause, ends it.
import type { CompletedUpload } from '@partway/server/protocol'
import type { FileUpload, UploadContext } from './file-upload.js'
import { abortUpload, uploadFile } from './upload.js'

/** Told how a file fares. */
export interface JobEvents {
  started(): void
  /** It has succeeded, failed or been stopped. */
  ended(): void
  /** After `ended`, so that whoever hears of it finds everything settled. Not told of a file that was stopped. */
  succeeded(upload: CompletedUpload): void
  /** As `succeeded`. */
  failed(error: unknown): void
}

/** One loop per file, so there are never two runs of one upload. */
export class UploadJob {
  #working: Promise<void> | undefined
  #run = new AbortController()
  #paused = false
  #stopped = false
  #wake: (() => void) | undefined

  constructor(
    readonly file: FileUpload,
    private readonly context: UploadContext,
    private readonly events: JobEvents,
  ) {}

  /** Whether the file is neither finished nor failed. It may be paused. */
  get working(): boolean {
    return this.#working !== undefined
  }

  /** Whether the file is no longer this job's: nobody may hear of it. */
  get stopped(): boolean {
    return this.#stopped
  }

  get paused(): boolean {
    return this.#paused
  }

  /** Whether there is something to go on with. */
  get resumable(): boolean {
    return this.working || this.file.record !== undefined
  }

  /** Starts, or goes on after a failure. Resolves when the file has succeeded, failed or been stopped. */
  start(): Promise<void> {
    if (!this.#working) {
      this.file.progress.reset()
      this.events.started()
      this.#working = this.#work()
    }
    return this.#working
  }

  /** Ends the transfers under way; what S3 already has stays. */
  pause(): void {
    this.#paused = true
    this.#run.abort()
  }

  resume(): void {
    this.#paused = false
    this.#wake?.()
  }

  /** Ends the file's transfers for good. */
  stop(): void {
    this.#stopped = true
    this.#run.abort()
    this.#wake?.()
    this.file.following?.end()
  }

  /** Stops, and when nothing of the file is under way any more has the server abort the upload. */
  async discard(): Promise<void> {
    this.stop()
    await this.#working
    await abortUpload(this.file, this.context)
  }

  async #work(): Promise<void> {
    const report = await this.#untilEnded()
    this.#working = undefined
    this.events.ended()
    // Nobody hears of one that was stopped, even if it is an object: it is found when the file is added again.
    if (!this.#stopped) report?.()
  }

  /** @returns Tells how it ended. */
  async #untilEnded(): Promise<(() => void) | undefined> {
    while (!this.#stopped) {
      if (this.#paused) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        continue
      }
      this.#run = new AbortController()
      const { signal } = this.#run
      try {
        const upload = await this.context.limitLease.during(() => uploadFile(this.file, this.context, signal))
        if (!this.#stopped) this.file.progress.finish()
        return () => {
          this.file.following?.end()
          this.events.succeeded(upload)
        }
      } catch (error) {
        this.file.progress.flush()
        if (signal.aborted) continue
        return () => this.events.failed(error)
      }
    }
    return undefined
  }
}

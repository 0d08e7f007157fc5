// Runs, pauses, resumes and stops one file's upload.
import type { CompletedUpload } from '@partway/server/protocol'
import type { FileUpload, UploadContext } from './file-upload.js'
import { abortUpload, uploadFile } from './upload.js'

/** Callbacks for a file's state. */
export interface JobEvents {
  started(): void
  /** It has succeeded, failed or been stopped. */
  ended(): void
  /** Called after `ended`, so that everything is settled by then. Not called for a file that was stopped. */
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

  /** Whether the file is no longer this job's: no more events. */
  get stopped(): boolean {
    return this.#stopped
  }

  get paused(): boolean {
    return this.#paused
  }

  /** Whether there is an upload to resume. */
  get resumable(): boolean {
    return this.working || this.file.record !== undefined
  }

  /** Starts, or resumes after a failure. Resolves when the file has succeeded, failed or been stopped. */
  start(): Promise<void> {
    if (!this.#working) {
      this.file.progress.reset()
      this.events.started()
      this.#working = this.#work()
    }
    return this.#working
  }

  /** Aborts the transfers in flight; what S3 already has stays. */
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

  /** Stops, waits for what is in flight, then has the server abort the upload. */
  async discard(): Promise<void> {
    this.stop()
    await this.#working
    await abortUpload(this.file, this.context)
  }

  async #work(): Promise<void> {
    const report = await this.#untilEnded()
    this.#working = undefined
    this.events.ended()
    // A stopped job reports nothing, even if the object exists: adding the file again finds it.
    if (!this.#stopped) report?.()
  }

  /** @returns Reports how it ended. */
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

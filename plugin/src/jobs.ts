// The jobs of all files that Uppy has handed over and that are neither finished nor removed.
import type { Body, LocalUppyFile, Meta } from '@uppy/core/utils'
import { createJob, isUpToDate } from './create-job.js'
import { type Emitter, setWaiting } from './file-events.js'
import type { UploadContext } from './file-upload.js'
import type { UploadJob } from './upload-job.js'

/** By file id. A file is here until it has succeeded or is removed: so a retry goes on where it failed. */
export class Jobs<M extends Meta, B extends Body> {
  readonly #jobs = new Map<string, UploadJob>()
  readonly #working = new Set<UploadJob>()

  /** @param changed Told when {@link working} has changed. */
  constructor(
    private readonly plugin: Emitter<M, B>,
    private readonly context: UploadContext,
    private readonly changed: () => void,
  ) {}

  /** Whether any file is neither finished, failed nor removed. It may be paused. */
  get working(): boolean {
    return this.#working.size > 0
  }

  /** Whether any file goes on by itself: it is neither finished, failed nor paused. */
  get underWay(): boolean {
    return this.#underWay().length > 0
  }

  /** Those of the files that are neither finished nor failed. */
  workingOn(fileIds: string[]): UploadJob[] {
    return fileIds.flatMap((id) => this.#jobs.get(id) ?? []).filter(({ working }) => working)
  }

  /** Starts the file, or goes on with it. Resolves when it has succeeded, failed or been removed. */
  async upload(file: LocalUppyFile<M, B>): Promise<void> {
    const job = this.#begun(file) ?? this.#begin(file)
    if (file.isPaused) job?.pause()
    else job?.resume()
    await job?.start()
  }

  /** The job that goes on with the file, if there is anything to go on with. */
  #begun(file: LocalUppyFile<M, B>): UploadJob | undefined {
    const job = this.#jobs.get(file.id)
    if (!job?.resumable) return undefined
    if (job.working || isUpToDate(job, file, this.context)) return job
    this.discard(job)
    return undefined
  }

  #begin(file: LocalUppyFile<M, B>): UploadJob | undefined {
    const job = createJob(this.plugin, file, this.context, {
      started: (job) => {
        if (this.#working.add(job).size === 1) this.changed()
      },
      ended: (job) => this.#ended(job),
      succeeded: () => this.#jobs.delete(file.id),
    })
    if (job) this.#jobs.set(file.id, job)
    return job
  }

  /** Lets every file that is under way say why nothing moves. Its next progress takes that back. */
  note(why: string): void {
    setWaiting(this.plugin, this.#underWay(), why)
  }

  #underWay(): string[] {
    return [...this.#jobs].filter(([, job]) => job.working && !job.paused).map(([id]) => id)
  }

  pauseOrResume(fileId: string, isPaused: boolean): void {
    const job = this.#jobs.get(fileId)
    if (isPaused) {
      job?.pause()
      setWaiting(this.plugin, [fileId], undefined)
    } else job?.resume()
  }

  pauseAll(): void {
    for (const job of this.#jobs.values()) job.pause()
    setWaiting(this.plugin, [...this.#jobs.keys()], undefined)
  }

  /** Those that have failed, too: Uppy has cleared their errors. */
  resumeAll(): void {
    for (const job of this.#jobs.values()) {
      job.resume()
      void job.start()
    }
  }

  /** Stops the file's job for good and hands it out. */
  take(fileId: string): UploadJob | undefined {
    const job = this.#jobs.get(fileId)
    if (!job) return undefined
    this.#jobs.delete(fileId)
    job.stop()
    this.#ended(job)
    return job
  }

  /** Has the server abort what S3 has of a job that nobody wants any more. */
  discard(job: UploadJob): void {
    const { discarding, log } = this.context
    discarding.add(job.file)
    job
      .discard()
      .catch((error) => log(`Aborting: ${error}`))
      .finally(() => discarding.delete(job.file))
  }

  /** Stops all of them for good. */
  clear(): void {
    for (const id of this.#jobs.keys()) this.take(id)
  }

  #ended(job: UploadJob): void {
    if (this.#working.delete(job) && !this.working) this.changed()
  }
}

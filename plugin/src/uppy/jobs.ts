// The jobs of all files that Uppy has handed over, until they are finished or removed.
import type { Body, Meta } from '@uppy/core'
import type { UploadContext } from '../upload/file-upload.js'
import { Identity } from '../upload/identity.js'
import type { PickedUpload } from '../upload/picked-upload.js'
import type { DiscardedUpload } from '../upload/tabs.js'
import type { UploadJob } from '../upload/upload-job.js'
import { callListeners } from './call-listeners.js'
import { createJob, isUpToDate, type KnownFile } from './create-job.js'
import { type Emitter, setWaiting } from './file-state.js'
import type { LocalUppyFile } from './uppy-files.js'

/** By file id. A file stays until it has succeeded or is removed: so a retry resumes where it failed. */
export class Jobs<M extends Meta, B extends Body> {
  readonly #jobs = new Map<string, UploadJob>()
  /** By file id, from when a file is added. */
  readonly #known = new Map<string, KnownFile>()
  readonly #working = new Set<UploadJob>()

  /** @param changed Called when {@link working} or {@link underWay} may have changed. */
  constructor(
    private readonly plugin: Emitter<M, B>,
    private readonly context: UploadContext,
    private readonly changed: () => void,
  ) {}

  /** Whether any file is neither finished, failed nor removed. It may be paused. */
  get working(): boolean {
    return this.#working.size > 0
  }

  /** Whether any file is in flight: it is neither finished, failed nor paused. */
  get underWay(): boolean {
    for (const { paused } of this.#working) if (!paused) return true
    return false
  }

  /** Jobs of the files that are neither finished nor failed. */
  workingOn(fileIds: string[]): UploadJob[] {
    return fileIds.flatMap((id) => this.#jobs.get(id) ?? []).filter(({ working }) => working)
  }

  /** Whether the file has been started, or picked for an upload. */
  knowsUpload(fileId: string): boolean {
    return this.#jobs.has(fileId) || this.#known.get(fileId)?.picked !== undefined
  }

  identityOf(fileId: string): Identity {
    return this.#knownOf(fileId).identity
  }

  /** Has the file resume the upload. */
  pick(fileId: string, picked: PickedUpload): void {
    Object.assign(this.#knownOf(fileId), { picked, owner: picked.owner })
  }

  /** Has Uppy remove the files of an upload that another tab, or this page, has discarded. */
  removeDiscarded({ key, lock }: DiscardedUpload): void {
    for (const [id, { file }] of this.#jobs) {
      // A host can give several uploads the same key.
      const isIts = file.lock === lock && (file.record?.key ?? key) === key
      if (isIts) callListeners(() => this.plugin.uppy.removeFile(id))
    }
  }

  #knownOf(fileId: string): KnownFile {
    const known = this.#known.get(fileId) ?? { identity: new Identity() }
    this.#known.set(fileId, known)
    return known
  }

  /** Starts or resumes the file. Resolves when it has succeeded, failed or been removed. */
  async upload(file: LocalUppyFile<M, B>): Promise<void> {
    const job = this.#resumable(file) ?? this.#createJob(file)
    if (file.isPaused) job?.pause()
    else job?.resume()
    await job?.start()
  }

  /** The job that resumes the file, if there is anything to resume. */
  #resumable(file: LocalUppyFile<M, B>): UploadJob | undefined {
    const job = this.#jobs.get(file.id)
    if (!job?.resumable) return undefined
    if (job.working || isUpToDate(job, file, this.context)) return job
    const { owner } = job.file
    this.#known.set(file.id, { identity: this.identityOf(file.id), ...(owner !== undefined && { owner }) })
    this.discard(job)
    return undefined
  }

  #createJob(file: LocalUppyFile<M, B>): UploadJob | undefined {
    const job = createJob(this.plugin, file, this.#knownOf(file.id), this.context, {
      started: (job) => {
        this.#working.add(job)
        this.changed()
      },
      ended: (job) => this.#ended(job),
      succeeded: () => {
        this.#jobs.delete(file.id)
        this.#forget(file.id)
      },
    })
    if (job) this.#jobs.set(file.id, job)
    return job
  }

  /** Shows on every file in flight why it makes no progress. Its next progress clears that. */
  showWaiting(why: string): void {
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
    this.changed()
  }

  pauseAll(): void {
    for (const job of this.#jobs.values()) job.pause()
    setWaiting(this.plugin, [...this.#jobs.keys()], undefined)
    this.changed()
  }

  /** Also those that have failed: Uppy has cleared their errors. */
  resumeAll(): void {
    for (const job of this.#jobs.values()) {
      job.resume()
      void job.start()
    }
    this.changed()
  }

  /** Stops the file's job for good and returns it. */
  take(fileId: string): UploadJob | undefined {
    const job = this.#jobs.get(fileId)
    this.#forget(fileId)
    if (!job) return undefined
    this.#jobs.delete(fileId)
    job.stop()
    this.#ended(job)
    return job
  }

  /** Has the server abort the upload of a discarded job. */
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
    for (const id of [...this.#jobs.keys(), ...this.#known.keys()]) this.take(id)
  }

  #forget(fileId: string): void {
    this.#known.get(fileId)?.identity.leave()
    this.#known.delete(fileId)
  }

  #ended(job: UploadJob): void {
    if (this.#working.delete(job)) this.changed()
  }
}

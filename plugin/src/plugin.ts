// The Uppy side: which files to upload, Uppy's events in, Uppy's events out.
import { BasePlugin, EventManager, type Uppy } from '@uppy/core'
import {
  type Body,
  filterFilesToEmitUploadStarted,
  filterFilesToUpload,
  type LocalUppyFile,
  type Meta,
  type RemoteUppyFile,
  TaskQueue,
  type UppyFile,
} from '@uppy/core/utils'
import { createContext } from './create-context.js'
import { createJob, isUpToDate } from './create-job.js'
import type { UploadContext } from './file-upload.js'
import { defaultLocale } from './locale.js'
import { toMetadata } from './metadata.js'
import { type PartwayOptions, resolveOptions, type Settings } from './options.js'
import { onPageEvents } from './page-events.js'
import { tightenRestrictions } from './restrictions.js'
import { pageScheduler } from './scheduler.js'
import { ServerConfig } from './server-config.js'
import { discardUnfinished, listUnfinished, readUnfinished, type UnfinishedUpload } from './unfinished.js'
import type { UploadJob } from './upload-job.js'
import { uploadRemoteFile } from './upload-remote-file.js'
import { version } from './version.js'

declare module '@uppy/core' {
  export interface PluginTypeRegistry<M extends Meta, B extends Body> {
    Partway: Partway<M, B>
  }
}

/** Uppy uploader: files go straight to S3, large ones in parts that survive pauses and failures. */
export default class Partway<M extends Meta, B extends Body> extends BasePlugin<Settings, M, B> {
  static readonly VERSION = version

  /** By file id. A file is here until it has succeeded or is removed: so a retry goes on where it failed. */
  readonly #jobs = new Map<string, UploadJob>()
  readonly #config: ServerConfig
  readonly #context: UploadContext
  readonly #remoteQueue: TaskQueue
  #remoteFiles = 0
  #uppyEvents: EventManager<M, B> | undefined
  #leaveScheduler: (() => void) | undefined
  #leavePage: (() => void) | undefined

  /** @throws TypeError if an option is out of its bounds. */
  constructor(uppy: Uppy<M, B>, options: PartwayOptions) {
    super(uppy, resolveOptions(options))
    this.type = 'uploader'
    this.id = this.opts.id || 'Partway'
    this.defaultLocale = defaultLocale
    this.i18nInit()
    const settings = () => this.opts
    const log = (message: string) => uppy.log(`[Partway] ${message}`)
    this.#config = new ServerConfig(settings, (limits) => tightenRestrictions(uppy, limits), log)
    this.#context = createContext(this, settings, this.#config)
    this.#remoteQueue = new TaskQueue({ concurrency: this.opts.limit })
  }

  override install(): void {
    this.#leaveScheduler = pageScheduler.join(this.opts.limit)
    this.#leavePage = onPageEvents({
      beforeunload: (event) => {
        if (this.opts.askBeforeUnload && this.#isWorking()) event.preventDefault()
      },
      // At once: what is under way may notice much later.
      offline: () => {
        if (this.#isWorking()) this.#context.tell('waiting_for_network', {})
      },
    })
    this.#setResumable(true)
    this.uppy.addUploader(this.#upload)
    const events = new EventManager(this.uppy)
    this.#uppyEvents = events
    events.on('upload-pause', (file, isPaused) => this.#pauseOrResume(file?.id ?? '', isPaused))
    events.on('pause-all', () => {
      for (const job of this.#jobs.values()) job.pause()
    })
    events.on('resume-all', this.#resumeAll)
    // `cancel-all` needs no listener: Uppy then removes each file, and says so.
    events.on('file-removed', this.#removed)
    this.#config.load()
  }

  /** Stops all transfers of this plugin. What S3 has of unfinished uploads stays there. */
  override uninstall(): void {
    this.#uppyEvents?.remove()
    this.#uppyEvents = undefined
    this.#leaveScheduler?.()
    this.#leavePage?.()
    this.uppy.removeUploader(this.#upload)
    this.#config.forget()
    this.#remoteQueue.clear()
    for (const job of this.#jobs.values()) job.stop()
    this.#jobs.clear()
    this.#setResumable(false)
  }

  /** @throws TypeError if an option is out of its bounds. Nothing is changed then. */
  override setOptions(changes: Partial<PartwayOptions>): void {
    const { endpoint } = this.opts
    super.setOptions(resolveOptions({ ...this.opts, ...changes }))
    if (this.#uppyEvents) {
      this.#leaveScheduler?.()
      this.#leaveScheduler = pageScheduler.join(this.opts.limit)
      if (this.opts.endpoint !== endpoint) {
        this.#config.forget()
        this.#config.load()
      }
    }
    this.#remoteQueue.concurrency = this.opts.limit
  }

  /** Uploads of this browser that can be continued: whose file is added again goes on where it was. The oldest first. */
  unfinished(): Promise<UnfinishedUpload[]> {
    return listUnfinished(this.#context)
  }

  /**
   * Gives up one of {@link unfinished}: S3 keeps nothing of it.
   * @throws PartwayError if the server could not be told. It is still there then.
   */
  discard(id: string): Promise<void> {
    return discardUnfinished(id, this.#context)
  }

  /**
   * Adds the files of {@link unfinished} uploads that have a handle to Uppy and uploads them. Browsers ask the user for
   * permission, so call it on a click.
   *
   * @returns How many files could be read again.
   */
  async continueUnfinished(): Promise<number> {
    const files = await readUnfinished(this.#context)
    this.uppy.addFiles(files.map(({ meta, ...file }) => ({ ...file, meta: meta as M })))
    if (files.length > 0) void this.uppy.upload()
    return files.length
  }

  readonly #upload = async (fileIds: string[]): Promise<void> => {
    if (fileIds.length === 0) return
    // Again, if it failed: the user may have signed in meanwhile.
    this.#config.load()
    const files: UppyFile<M, B>[] = filterFilesToUpload(this.uppy.getFilesByIds(fileIds))
    this.uppy.emit('upload-start', filterFilesToEmitUploadStarted(files))
    await Promise.allSettled(
      files.map((file) => (file.isRemote ? this.#uploadRemote(file) : this.#uploadLocal(file))),
    )
    // "Resume all" starts files that had failed, too. Uppy counts them when this settles.
    const restarted = () =>
      files.flatMap(({ id }) => this.#jobs.get(id) ?? []).filter(({ working }) => working)
    for (let jobs = restarted(); jobs.length > 0; jobs = restarted()) {
      await Promise.allSettled(jobs.map((job) => job.start()))
    }
  }

  async #uploadLocal(file: LocalUppyFile<M, B>): Promise<void> {
    const current = this.uppy.getFile(file.id)
    if (!current) return
    const job = this.#begun(file) ?? this.#begin(file)
    if (current.isPaused) job?.pause()
    else job?.resume()
    await job?.start()
  }

  /** The job that goes on with the file, if there is anything to go on with. */
  #begun(file: LocalUppyFile<M, B>): UploadJob | undefined {
    const job = this.#jobs.get(file.id)
    if (!job?.resumable) return undefined
    if (job.working || isUpToDate(job, file, this.#context)) return job
    this.#discard(job)
    return undefined
  }

  #begin(file: LocalUppyFile<M, B>): UploadJob | undefined {
    const job = createJob(this, file, this.#context, () => this.#jobs.delete(file.id))
    if (job) this.#jobs.set(file.id, job)
    return job
  }

  async #uploadRemote(file: RemoteUppyFile<M, B>): Promise<void> {
    // Companion cannot pause. Uppy's button is for all files.
    this.#remoteFiles++
    this.#setResumable(false)
    try {
      const metadata = toMetadata(this.opts.allowedMetaFields, file.meta)
      await uploadRemoteFile(this.uppy, file, metadata, this.#remoteQueue)
    } finally {
      if (--this.#remoteFiles === 0) this.#setResumable(this.#uppyEvents !== undefined)
    }
  }

  #pauseOrResume(fileId: string, isPaused: boolean): void {
    const job = this.#jobs.get(fileId)
    if (isPaused) job?.pause()
    else job?.resume()
  }

  // Uppy has cleared the errors of failed files, too, so they go on.
  readonly #resumeAll = (): void => {
    for (const job of this.#jobs.values()) {
      job.resume()
      void job.start()
    }
  }

  /**
   * A removed file's upload is aborted on S3, unless it was `uppy.destroy()` that removed it: a page that unmounts
   * keeps what S3 already has. Uppy 6 does not say which it was. But `destroy()` removes the files and uninstalls
   * the plugins in one go (`cancelAll()`: `cancel-all`, a `file-removed` each; then `uninstall()`), without
   * awaiting anything, so at the next microtask the plugin is gone exactly if it was that.
   */
  readonly #removed = ({ id }: UppyFile<M, B>): void => {
    const job = this.#jobs.get(id)
    if (!job) return
    this.#jobs.delete(id)
    job.stop()
    queueMicrotask(() => {
      if (this.#uppyEvents) this.#discard(job)
    })
  }

  #discard(job: UploadJob): void {
    job.discard().catch((error) => this.#context.log(`Aborting: ${error}`))
  }

  #isWorking(): boolean {
    return [...this.#jobs.values()].some(({ working }) => working)
  }

  #setResumable(resumableUploads: boolean): void {
    const { capabilities } = this.uppy.getState()
    this.uppy.setState({ capabilities: { ...capabilities, resumableUploads } })
  }
}

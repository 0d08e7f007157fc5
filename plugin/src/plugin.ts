// The Uppy side: which files to upload, Uppy's events in, Uppy's events out.
import { BasePlugin, EventManager, type Uppy } from '@uppy/core'
import {
  type Body,
  filterFilesToEmitUploadStarted,
  filterFilesToUpload,
  type Meta,
  type UppyFile,
} from '@uppy/core/utils'
import { createContext } from './create-context.js'
import { localize } from './file-events.js'
import type { UploadContext } from './file-upload.js'
import { Jobs } from './jobs.js'
import { defaultLocale } from './locale.js'
import { toMetadata } from './metadata.js'
import { type PartwayOptions, resolveOptions, type Settings } from './options.js'
import { onPageEvents } from './page-events.js'
import { tightenRestrictions } from './restrictions.js'
import { pageScheduler } from './scheduler.js'
import { ServerConfig } from './server-config.js'
import { discardUnfinished, listUnfinished, pickUnfinished, readUnfinished } from './unfinished.js'
import type { UnfinishedUpload } from './unfinished-upload.js'
import { RemoteFiles } from './upload-remote-file.js'
import { version } from './version.js'

declare module '@uppy/core' {
  export interface PluginTypeRegistry<M extends Meta, B extends Body> {
    Partway: Partway<M, B>
  }
}

/** Uppy uploader: files go straight to S3, large ones in parts that survive pauses and failures. */
export default class Partway<M extends Meta, B extends Body> extends BasePlugin<Settings, M, B> {
  static readonly VERSION = version

  readonly #config: ServerConfig
  readonly #context: UploadContext
  readonly #jobs: Jobs<M, B>
  readonly #remoteFiles: RemoteFiles<M, B>
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
    this.#context = createContext(this, settings, this.#config, (why) => this.#jobs.note(why))
    this.#jobs = new Jobs(this, this.#context)
    this.#remoteFiles = new RemoteFiles(uppy, this.opts.limit, () => this.#offerPause())
  }

  override install(): void {
    this.#leaveScheduler = pageScheduler.join(this.opts.limit)
    this.#leavePage = onPageEvents({
      beforeunload: (event) => {
        if (this.opts.askBeforeUnload && this.#jobs.working) event.preventDefault()
      },
      // At once: what is under way may notice much later.
      offline: () => {
        if (this.#jobs.working) this.#context.tell('waiting_for_network', {})
      },
    })
    const events = new EventManager(this.uppy)
    this.#uppyEvents = events
    this.#offerPause()
    this.uppy.addUploader(this.#upload)
    events.on('upload-pause', (file, isPaused) => this.#jobs.pauseOrResume(file?.id ?? '', isPaused))
    events.on('pause-all', () => this.#jobs.pauseAll())
    events.on('resume-all', () => this.#jobs.resumeAll())
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
    this.#remoteFiles.clear()
    this.#jobs.clear()
    this.#offerPause()
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
    this.#remoteFiles.limit = this.opts.limit
  }

  /**
   * Uploads that can be continued, the oldest first: those of this browser, which go on when their files are added again,
   * and, where the server lists them, those that the signed-in owner began elsewhere.
   */
  unfinished(): Promise<UnfinishedUpload[]> {
    // Again, if it failed: the user may have signed in meanwhile.
    this.#config.load()
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

  /**
   * Adds the file that the user picked for one of {@link unfinished} to Uppy and goes on with that upload, whatever the
   * file is called: what S3 has is compared with it. Type and metadata stay what they were said to be when it was begun.
   *
   * @throws PartwayError `file_differs`, `upload_unknown`; RestrictionError if Uppy does not take the file.
   */
  async continueWith(id: string, file: File): Promise<void> {
    const { meta, ...picked } = await pickUnfinished(id, file, this.#context).catch((error) => {
      throw localize(error, this.i18n)
    })
    this.uppy.addFile({ ...picked, meta: meta as M })
    void this.uppy.upload()
  }

  readonly #upload = async (fileIds: string[]): Promise<void> => {
    if (fileIds.length === 0) return
    // Again, if it failed: the user may have signed in meanwhile.
    this.#config.load()
    const files: UppyFile<M, B>[] = filterFilesToUpload(this.uppy.getFilesByIds(fileIds))
    this.uppy.emit('upload-start', filterFilesToEmitUploadStarted(files))
    await Promise.allSettled(
      files.map((file) =>
        file.isRemote
          ? this.#remoteFiles.upload(file, toMetadata(this.opts.allowedMetaFields, file.meta))
          : this.#jobs.upload(file),
      ),
    )
    // "Resume all" starts files that had failed, too. Uppy counts them when this settles.
    const restarted = () => this.#jobs.workingOn(files.map(({ id }) => id))
    for (let jobs = restarted(); jobs.length > 0; jobs = restarted()) {
      await Promise.allSettled(jobs.map((job) => job.start()))
    }
  }

  /**
   * A removed file's upload is aborted on S3, unless it was `uppy.destroy()` that removed it: a page that unmounts
   * keeps what S3 already has. Uppy 6 does not say which it was. But `destroy()` removes the files and uninstalls
   * the plugins in one go (`cancelAll()`: `cancel-all`, a `file-removed` each; then `uninstall()`), without
   * awaiting anything, so at the next microtask the plugin is gone exactly if it was that.
   */
  readonly #removed = ({ id }: UppyFile<M, B>): void => {
    const job = this.#jobs.take(id)
    queueMicrotask(() => {
      if (job && this.#uppyEvents) this.#jobs.discard(job)
    })
  }

  /** Shows or hides Uppy's pause button. It is for all files, and Companion cannot pause. */
  #offerPause(): void {
    const resumableUploads = this.#uppyEvents !== undefined && !this.#remoteFiles.underWay
    const { capabilities } = this.uppy.getState()
    this.uppy.setState({ capabilities: { ...capabilities, resumableUploads } })
  }
}

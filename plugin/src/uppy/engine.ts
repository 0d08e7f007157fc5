// What a page needs once there are files. Loaded after the page itself, so that the page loads sooner.
import { type BasePlugin, type Body, type Meta, RestrictionError, type UppyFile } from '@uppy/core'
import { defaultLocale } from '../locale.js'
import type { ServerConfig } from '../server/server-config.js'
import type { Settings } from '../settings.js'
import type { UploadContext } from '../upload/file-upload.js'
import type { Identity } from '../upload/identity.js'
import { listenToTabs } from '../upload/tabs.js'
import {
  discardUnfinished,
  listUnfinished,
  pickUnfinished,
  readUnfinished,
  type UnfinishedFile,
} from '../upload/unfinished.js'
import type { UnfinishedOptions, UnfinishedUpload } from '../upload/unfinished-upload.js'
import { callListeners } from './call-listeners.js'
import { createContext } from './create-context.js'
import { ownNameOf, toRequest } from './create-job.js'
import { type Emitter, emitError, localize } from './file-state.js'
import { Jobs } from './jobs.js'
import { toMetadata } from './metadata.js'
import { LeaveQuestion, onOffline } from './page-events.js'
import { recallMeta } from './recall-meta.js'
import { startFiles } from './start-files.js'
import { StayAwake } from './stay-awake.js'
import { RemoteFiles } from './upload-remote-file.js'
import type { LocalUppyFile } from './uppy-files.js'

/** Uploads of one plugin. */
export class Engine<M extends Meta, B extends Body> {
  readonly jobs: Jobs<M, B>
  readonly #context: UploadContext
  readonly #remoteFiles: RemoteFiles<M, B>
  readonly #leaveQuestion = new LeaveQuestion()
  readonly #stayAwake = new StayAwake()
  /** For added files: settles when the earlier metadata is known. */
  readonly #recalling = new WeakMap<Identity, Promise<void>>()
  #leavePage: (() => void) | undefined
  #leaveTabs: (() => void) | undefined

  /** @param changed Called when {@link canPause} has changed. */
  constructor(
    private readonly plugin: Emitter<M, B> & Pick<BasePlugin<object, M, B>, 'defaultLocale' | 'i18nInit'>,
    private readonly settings: () => Settings,
    config: ServerConfig,
    changed: () => void,
  ) {
    plugin.defaultLocale = defaultLocale
    callListeners(() => plugin.i18nInit())
    this.#context = createContext(plugin, settings, config, (why) => this.jobs.showWaiting(why))
    this.jobs = new Jobs(plugin, this.#context, () => this.#jobsChanged())
    this.#remoteFiles = new RemoteFiles(plugin.uppy, () => settings().limit, changed)
  }

  /** Pausing applies to all files, and Companion cannot pause. */
  get canPause(): boolean {
    return !this.#remoteFiles.underWay
  }

  /** Listens to the page and its tabs. Call it again when options have changed. */
  join(): void {
    this.#leavePage ??= onOffline(() => this.#goneOffline())
    this.#leaveTabs ??= listenToTabs({
      changed: () => callListeners(() => this.plugin.uppy.emit('partway:unfinished-changed')),
      discarded: (upload) => this.jobs.removeDiscarded(upload),
    })
    this.#context.limitLease.limitChanged()
    this.#jobsChanged()
  }

  /** Stops all transfers. What S3 has of unfinished uploads stays there. */
  leave(): void {
    this.#leavePage?.()
    this.#leavePage = undefined
    this.#remoteFiles.clear()
    this.jobs.clear()
    this.#leaveTabs?.()
    this.#leaveTabs = undefined
  }

  /** Loads what the files will need, and restores the metadata that the user once gave them. */
  async prepare(files: UppyFile<M, B>[]): Promise<void> {
    const sizes = files.map(({ isRemote, size }) => (isRemote ? 0 : (size ?? 0)))
    if (!(await this.#context.goesInParts(Math.max(0, ...sizes), new AbortController().signal))) return
    await Promise.all(files.map(({ id }) => this.#recall(id)))
  }

  /**
   * Resolves when each file has succeeded, failed or been removed.
   * @param batch a removed file's id leaves it
   */
  async upload(batch: ReadonlySet<string>): Promise<void> {
    this.#context.preconnect()
    await Promise.all([...batch].map((id) => this.#uploadFile(id, batch)))
    // "Resume all" also starts files that had failed. Uppy counts them when this settles.
    const restarted = () => this.jobs.workingOn([...batch])
    for (let jobs = restarted(); jobs.length > 0; jobs = restarted()) {
      await Promise.all(jobs.map((job) => job.start()))
    }
  }

  async #uploadFile(id: string, batch: ReadonlySet<string>): Promise<void> {
    await this.#recall(id)
    const file = this.#fileOf(id)
    // The user, or a listener of `upload-start`, may have removed it or the plugin. And the same file may have been added since.
    if (!file || !batch.has(id) || !this.#leavePage) return
    // It was retried just as it succeeded.
    if (file.progress.uploadComplete) return
    try {
      if (!file.isRemote) await this.jobs.upload(file)
      else await this.#remoteFiles.upload(file, toMetadata(this.settings().allowedMetaFields, file.meta))
    } catch (error) {
      // Uppy counts a file without an error as a success.
      emitError(this.plugin, id, error)
    }
  }

  /** Once for each file that is added. */
  async #recall(id: string): Promise<void> {
    const file = this.#fileOf(id)
    if (!file || file.isRemote || this.jobs.knowsUpload(id)) return
    const identity = this.jobs.identityOf(id)
    const recalling = this.#recalling.get(identity) ?? this.#recallMeta(file, identity)
    this.#recalling.set(identity, recalling)
    await recalling
  }

  async #recallMeta(file: LocalUppyFile<M, B>, identity: Identity): Promise<void> {
    const { id, data, meta } = file
    const context = this.#context
    try {
      if (!data || !(await context.goesInParts(data.size, identity.left))) return
      const identifiable = { data, request: toRequest(file, context), ownName: ownNameOf(file), identity }
      const recalled = await recallMeta(identifiable, meta, context)
      const isStill = (field: string) => this.#fileOf(id)?.meta[field] === meta[field]
      const missing = Object.entries(recalled).filter(([field]) => isStill(field))
      if (missing.length === 0) return
      callListeners(() => this.plugin.uppy.setFileMeta(id, Object.fromEntries(missing) as M))
    } catch (error) {
      // Asked again when the file starts.
      this.#recalling.delete(identity)
      if (!identity.left.aborted) context.log(`What was said of the file before is not known: ${error}`)
    }
  }

  // Uppy's own type does not say that there may be no such file.
  #fileOf(id: string): UppyFile<M, B> | undefined {
    return this.plugin.uppy.getFile(id)
  }

  /** @throws PartwayError in the page's language, as do the methods below */
  unfinished(options: UnfinishedOptions): Promise<UnfinishedUpload[]> {
    return this.#localized(listUnfinished(options, this.#context))
  }

  discard(id: string): Promise<void> {
    return this.#localized(discardUnfinished(id, this.#context))
  }

  /** @returns How many files could be read again. */
  async continueUnfinished(): Promise<number> {
    const files = await this.#localized(readUnfinished(this.#context))
    if (!this.#leavePage) return 0
    const added = files.flatMap((file) => {
      try {
        return this.#add(file)
      } catch (error) {
        // Uppy has informed the user.
        if (error instanceof RestrictionError) return []
        throw error
      }
    })
    void startFiles(this.plugin, added)
    return files.length
  }

  /** @throws RestrictionError */
  async continueWith(id: string, file: File): Promise<void> {
    const picked = await this.#localized(pickUnfinished(id, file, this.#context))
    // The plugin may have been removed meanwhile.
    if (!this.#leavePage) return
    void startFiles(this.plugin, [this.#add(picked)])
  }

  /** @returns its id in Uppy */
  #add({ file: { meta, ...file }, picked }: UnfinishedFile): string {
    const id = this.plugin.uppy.addFile({ ...file, meta: meta as M })
    this.jobs.pick(id, picked)
    return id
  }

  async #localized<T>(task: Promise<T>): Promise<T> {
    return await task.catch((error: unknown) => {
      throw localize(error, this.plugin.i18n)
    })
  }

  /** The network is gone: transfers in flight may notice much later. */
  #goneOffline(): void {
    if (this.jobs.underWay) this.#context.notify('waiting_for_network', {})
  }

  #jobsChanged(): void {
    const { askBeforeUnload, keepAwake } = this.settings()
    this.#leaveQuestion.needed = askBeforeUnload && this.jobs.working
    this.#stayAwake.update(this.jobs.underWay, keepAwake)
  }
}

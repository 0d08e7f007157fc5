// The Uppy plugin: chooses the files to upload, and handles and emits Uppy's events.
import { BasePlugin, type Body, EventManager, type Meta, type Uppy, type UppyFile } from '@uppy/core'
import { earlyLocale } from '../early-locale.js'
import { ServerConfig } from '../server/server-config.js'
import { delay, isOffline } from '../transfer/delay.js'
import type { UnfinishedOptions, UnfinishedUpload } from '../upload/unfinished-upload.js'
import { version } from '../version.js'
import { callListeners } from './call-listeners.js'
import { countFiles } from './count-files.js'
import type { Engine } from './engine.js'
import type { PluginEvents } from './events.js'
import { currentFile, emitError, localize, setWaiting } from './file-state.js'
import { loadEngine, whenIdle } from './load-engine.js'
import { mergeOptions, type PartwayOptions, type PluginSettings, resolveOptions } from './options.js'
import { guardQuota, type OverQuota } from './quota-guard.js'
import { tightenRestrictions } from './restrictions.js'
import { whenNotRetried } from './retried-files.js'
import { filterFilesToEmitUploadStarted, filterFilesToUpload } from './uppy-files.js'

declare module '@uppy/core' {
  export interface PluginTypeRegistry<M extends Meta, B extends Body> {
    Partway: Partway<M, B>
  }
  export interface UppyEventMap<M extends Meta, B extends Body> {
    /** An upload has started, ended or been discarded, in any tab: what `unfinished()` lists has changed. */
    'partway:unfinished-changed': PluginEvents<M, B>['partway:unfinished-changed']
  }
}

/** Uppy uploader: files go straight to S3, large ones in parts that survive pauses and failures. */
export default class Partway<M extends Meta, B extends Body> extends BasePlugin<PluginSettings, M, B> {
  static readonly VERSION = version

  readonly #config: ServerConfig
  #options: PartwayOptions
  #engine: Engine<M, B> | undefined
  #loading: Promise<Engine<M, B>> | undefined
  #uppyEvents: EventManager<M, B> | undefined
  #stopWaiting = () => {}
  /**
   * The ids of each upload, and what ends its wait for the engine. A removed file's id leaves them: if the file is added
   * again, nobody has started it.
   */
  readonly #batches = new Map<Set<string>, AbortController>()

  /** @throws TypeError if an option is out of its bounds. */
  constructor(uppy: Uppy<M, B>, options: PartwayOptions) {
    super(uppy, resolveOptions(options))
    this.#options = options
    this.type = 'uploader'
    this.id = this.opts.id || 'Partway'
    this.defaultLocale = earlyLocale
    this.i18nInit()
    const log = (message: string) => callListeners(() => uppy.log(`[Partway] ${message}`))
    this.#config = new ServerConfig(
      () => this.opts,
      ({ limits, quota }) => {
        const loosen = tightenRestrictions(uppy, limits)
        const unguard = quota && guardQuota(uppy, quota, this.#overQuota)
        return () => {
          loosen()
          unguard?.()
        }
      },
      log,
    )
  }

  override install(): void {
    // Best effort: what needs the engine loads it again, and reports the error.
    const loadSoon = () => this.#load().catch(() => undefined)
    const events = new EventManager(this.uppy)
    this.#uppyEvents = events
    this.#engine?.join()
    this.#offerPause()
    this.uppy.addUploader(this.#upload)
    events.on('files-added', async (files) => (await loadSoon())?.prepare(files))
    events.on('upload-pause', (file, isPaused) => this.#engine?.jobs.pauseOrResume(file?.id ?? '', isPaused))
    events.on('pause-all', () => this.#engine?.jobs.pauseAll())
    events.on('resume-all', () => this.#engine?.jobs.resumeAll())
    events.on('complete', () => this.#config.refreshQuota())
    // `cancel-all` needs no listener: Uppy then emits `file-removed` for each file.
    events.on('file-removed', this.#removed)
    if (!isPage()) return
    this.#stopWaiting = whenIdle(loadSoon)
    this.#config.load()
  }

  /** Stops all transfers of this plugin and aborts nothing: the uploads can be continued. Uppy calls it. */
  override uninstall(): void {
    this.#uppyEvents?.remove()
    this.#uppyEvents = undefined
    this.#stopWaiting()
    for (const stop of this.#batches.values()) stop.abort()
    this.uppy.removeUploader(this.#upload)
    this.#config.forget()
    this.#engine?.leave()
    this.#offerPause()
  }

  /**
   * Changes only the named options and, of `retry`, only the named fields.
   *
   * @throws TypeError if an option is out of its bounds. Nothing is changed then.
   */
  override setOptions(changes: Partial<PartwayOptions>): void {
    const { endpoint } = this.opts
    const options = mergeOptions(this.#options, changes)
    super.setOptions(resolveOptions(options))
    this.#options = options
    if (!this.#uppyEvents) return
    this.#engine?.join()
    if (this.opts.endpoint !== endpoint) {
      this.#config.forget()
      if (isPage()) this.#config.load()
    }
  }

  /**
   * Lists uploads that can be continued, up to 100: the signed-in owner's, from any browser, or, if nobody is signed in, those of
   * this browser. `unfinished({ after: id })` lists those after that one; an empty list is the end. Ask again on the event
   * `partway:unfinished-changed`.
   *
   * @returns the uploads, as the server lists them.
   * @throws PartwayError if the server could not be asked.
   */
  async unfinished(options: UnfinishedOptions = {}): Promise<UnfinishedUpload[]> {
    const engine = await this.#load()
    return await engine.unfinished(options)
  }

  /**
   * Gives up one of {@link unfinished}: S3 keeps nothing of it. A tab of this browser that uploads it stops, and its Uppy
   * removes the file. An unknown `id` is ignored.
   *
   * @throws PartwayError if the call fails. The upload then still exists.
   */
  async discard(id: string): Promise<void> {
    const engine = await this.#load()
    await engine.discard(id)
  }

  /**
   * Adds the files of {@link unfinished} uploads that have a handle to Uppy, and uploads only these. Browsers ask the user
   * for permission, so call it on a click. If `onBeforeUpload` returns false, they are only added.
   *
   * @returns how many files could be read again.
   */
  async continueUnfinished(): Promise<number> {
    const engine = await this.#load()
    return await engine.continueUnfinished()
  }

  /**
   * Adds the file that the user picked for one of {@link unfinished} to Uppy and resumes that upload, whatever the file is
   * called. Name, type and metadata stay as they were when it started. What S3 has is compared with the file before
   * anything is sent. If it differs, the file fails with `file_differs`, and the upload stays as it was. If it cannot be
   * compared, the file gets a new upload. Other files are not started. If `onBeforeUpload` returns false, the file is only
   * added.
   *
   * @throws PartwayError `file_differs` if the size differs, `upload_unknown`, or if the server could not be asked. Uppy's
   * `RestrictionError` if Uppy does not take the file.
   */
  async continueWith(id: string, file: File): Promise<void> {
    const engine = await this.#load()
    await engine.continueWith(id, file)
  }

  readonly #upload = async (fileIds: string[], uploadId: string): Promise<void> => {
    if (fileIds.length === 0) return
    // The plugin may have been removed during a preprocessor.
    if (this.#uppyEvents) await this.#uploadFiles(fileIds, uploadId)
    // If it is removed, Uppy would count the files that it has stopped as successes.
    const isCounted = ({ error, progress }: UppyFile<M, B>) =>
      this.#uppyEvents || error || progress.uploadComplete
    countFiles(this.uppy, uploadId, isCounted)
  }

  async #uploadFiles(fileIds: string[], uploadId: string): Promise<void> {
    // Retries after a failure: the user may have signed in meanwhile.
    this.#config.load()
    // A listener of `upload` may have removed some.
    const present = fileIds.flatMap((id) => currentFile(this.uppy, id) ?? [])
    const files = filterFilesToUpload(present)
    const started = filterFilesToEmitUploadStarted(files)
    const ids = new Set(files.map(({ id }) => id))
    const stop = new AbortController()
    this.#batches.set(ids, stop)
    callListeners(() => this.uppy.emit('upload-start', started))
    try {
      const engine = await this.#loadFor(ids, stop.signal)
      if (this.#uppyEvents) await engine.upload(ids)
    } catch (error) {
      for (const id of ids) emitError(this, id, error)
    }
    await whenNotRetried(this.uppy, uploadId, ids)
    this.#batches.delete(ids)
  }

  /** Loads the engine. Waits while the browser is offline, as the engine itself does. */
  async #loadFor(fileIds: ReadonlySet<string>, signal: AbortSignal): Promise<Engine<M, B>> {
    for (;;) {
      try {
        return await this.#load()
      } catch (error) {
        if (!isOffline() || signal.aborted) throw error
        const why = this.i18n('waiting_for_network')
        setWaiting(this, [...fileIds], why)
        callListeners(() => this.uppy.info(why))
        await delay(this.opts.retry.maxDelayMs, signal).catch(() => {
          throw error
        })
      }
    }
  }

  #load(): Promise<Engine<M, B>> {
    const settings = () => this.opts
    this.#loading ??= loadEngine<M, B>(this, settings, this.#config, () => this.#offerPause()).then(
      (engine) => {
        if (this.#uppyEvents) engine.join()
        this.#engine = engine
        return engine
      },
      (error) => {
        this.#loading = undefined
        throw localize(error, this.i18n)
      },
    )
    return this.#loading
  }

  /**
   * Aborts a removed file's upload on S3, unless `uppy.destroy()` removed the file: a page that unmounts keeps what S3
   * already has. Uppy 6 does not say which it was. But `destroy()` removes the files and uninstalls the plugins
   * synchronously (`cancelAll()`: `cancel-all`, a `file-removed` each; then `uninstall()`), so at the next microtask the
   * plugin is gone exactly if it was `destroy()`.
   */
  readonly #removed = ({ id }: UppyFile<M, B>): void => {
    for (const [ids, stop] of this.#batches) {
      ids.delete(id)
      if (ids.size === 0) stop.abort()
    }
    const jobs = this.#engine?.jobs
    const job = jobs?.take(id)
    queueMicrotask(() => {
      if (job && this.#uppyEvents) jobs?.discard(job)
    })
  }

  readonly #overQuota = (why: OverQuota): void => {
    const message = this.i18n('room' in why ? 'quota_files' : 'quota_bytes', why)
    callListeners(() => this.uppy.info(message, 'error'))
    // Some of it may be free again at the user's next try.
    this.#config.refreshQuota()
  }

  /** Shows or hides Uppy's pause button. */
  #offerPause(): void {
    const resumableUploads = this.#uppyEvents !== undefined && (this.#engine?.canPause ?? true)
    const { capabilities } = this.uppy.getState()
    callListeners(() => this.uppy.setState({ capabilities: { ...capabilities, resumableUploads } }))
  }
}

/** `false` on a server that renders pages, which uploads nothing. */
function isPage(): boolean {
  return typeof document !== 'undefined'
}

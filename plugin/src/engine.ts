// What a page needs once there are files. It comes after the page itself, so that a page is there sooner.
import { RestrictionError } from '@uppy/core'
import type { Body, Meta, UppyFile } from '@uppy/core/utils'
import { createContext } from './create-context.js'
import { toRequest } from './create-job.js'
import { type Emitter, emitError, localize } from './file-events.js'
import type { UploadContext } from './file-upload.js'
import { Jobs } from './jobs.js'
import { toMetadata } from './metadata.js'
import type { Settings } from './options.js'
import { LeaveQuestion, onOffline } from './page-events.js'
import type { ServerConfig } from './server-config.js'
import { signAhead } from './sign-ahead.js'
import { startFiles } from './start-files.js'
import {
  discardUnfinished,
  listUnfinished,
  pickUnfinished,
  readUnfinished,
  type UnfinishedFile,
} from './unfinished.js'
import type { UnfinishedUpload } from './unfinished-upload.js'
import { RemoteFiles } from './upload-remote-file.js'

/** Uploads of one plugin. */
export class Engine<M extends Meta, B extends Body> {
  readonly jobs: Jobs<M, B>
  readonly #context: UploadContext
  readonly #remoteFiles: RemoteFiles<M, B>
  readonly #leaveQuestion = new LeaveQuestion()
  #leavePage: (() => void) | undefined

  /** @param changed Told when {@link canPause} has changed. */
  constructor(
    private readonly plugin: Emitter<M, B>,
    private readonly settings: () => Settings,
    private readonly config: ServerConfig,
    changed: () => void,
  ) {
    this.#context = createContext(plugin, settings, config, (why) => this.jobs.note(why))
    this.jobs = new Jobs(plugin, this.#context, () => this.#askToStay())
    this.#remoteFiles = new RemoteFiles(plugin.uppy, settings().limit, changed)
  }

  /** Pausing is for all files, and Companion cannot. */
  get canPause(): boolean {
    return !this.#remoteFiles.underWay
  }

  /** Takes part in what happens to the page; again, when options have changed. */
  join(): void {
    this.#leavePage ??= onOffline(() => this.#goneOffline())
    this.#remoteFiles.limit = this.settings().limit
    this.#context.membership.limitChanged()
    this.#askToStay()
  }

  /** Stops all transfers. What S3 has of unfinished uploads stays there. */
  leave(): void {
    this.#leavePage?.()
    this.#leavePage = undefined
    this.#remoteFiles.clear()
    this.jobs.clear()
  }

  /** Loads what the files will need, and signs ahead what the first go on with, while their user still looks at them. */
  async expect(files: UppyFile<M, B>[]): Promise<void> {
    const context = this.#context
    const local = files.filter((file) => !file.isRemote)
    const sizes = local.map(({ size }) => size ?? 0)
    if (!(await context.goesInParts(Math.max(0, ...sizes), new AbortController().signal))) return
    const isLarge = ({ size }: UppyFile<M, B>) => (size ?? 0) > this.config.multipartThreshold
    const isStarted = ({ id }: UppyFile<M, B>) => this.jobs.workingOn([id]).length > 0
    const large = local.filter((file) => isLarge(file) && !isStarted(file))
    for (const file of large.slice(0, this.settings().limit)) {
      const { data } = file
      if (!data) continue
      const sign = async () => await signAhead({ data, request: toRequest(file, context) }, context)
      sign().catch((error) => context.log(`Not signed ahead: ${error}`))
    }
  }

  /** Resolves when each file has succeeded, failed or been removed. */
  async upload(fileIds: string[]): Promise<void> {
    this.#context.preconnect()
    await Promise.all(fileIds.map((id) => this.#uploadFile(id)))
    // "Resume all" starts files that had failed, too. Uppy counts them when this settles.
    const restarted = () => this.jobs.workingOn(fileIds)
    for (let jobs = restarted(); jobs.length > 0; jobs = restarted()) {
      await Promise.all(jobs.map((job) => job.start()))
    }
  }

  async #uploadFile(id: string): Promise<void> {
    const file = this.plugin.uppy.getFile(id)
    // A listener of `upload-start` may have removed it.
    if (!file) return
    try {
      if (!file.isRemote) await this.jobs.upload(file)
      else await this.#remoteFiles.upload(file, toMetadata(this.settings().allowedMetaFields, file.meta))
    } catch (error) {
      // Uppy takes what has no error for a success.
      emitError(this.plugin, id, error)
    }
  }

  unfinished(): Promise<UnfinishedUpload[]> {
    return listUnfinished(this.#context)
  }

  discard(id: string): Promise<void> {
    return discardUnfinished(id, this.#context)
  }

  /** @returns How many files could be read again. */
  async continueUnfinished(): Promise<number> {
    const files = await readUnfinished(this.#context)
    const added = files.flatMap((file) => {
      try {
        return this.#add(file)
      } catch (error) {
        // Uppy has told the user.
        if (error instanceof RestrictionError) return []
        throw error
      }
    })
    void startFiles(this.plugin, added)
    return files.length
  }

  /** @throws PartwayError in the page's language, RestrictionError */
  async continueWith(id: string, file: File): Promise<void> {
    const picked = await pickUnfinished(id, file, this.#context).catch((error: unknown) => {
      throw localize(error, this.plugin.i18n)
    })
    const added = this.#add(picked)
    void startFiles(this.plugin, [added])
  }

  /** @returns its id in Uppy */
  #add({ meta, ...file }: UnfinishedFile): string {
    return this.plugin.uppy.addFile({ ...file, meta: meta as M })
  }

  /** The network is gone: what is under way may notice much later. */
  #goneOffline(): void {
    if (this.jobs.underWay) this.#context.tell('waiting_for_network', {})
  }

  #askToStay(): void {
    this.#leaveQuestion.needed = this.settings().askBeforeUnload && this.jobs.working
  }
}

// What a page needs once there are files. It comes after the page itself, so that a page is there sooner.
import type { Body, Meta, UppyFile } from '@uppy/core/utils'
import { createContext } from './create-context.js'
import { toRequest } from './create-job.js'
import { type Emitter, localize } from './file-events.js'
import type { UploadContext } from './file-upload.js'
import { Jobs } from './jobs.js'
import { toMetadata } from './metadata.js'
import type { Settings } from './options.js'
import { pageScheduler } from './scheduler.js'
import type { ServerConfig } from './server-config.js'
import { signAhead } from './sign-ahead.js'
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
  #leaveScheduler = () => {}

  /** @param changed Told when {@link canPause} has changed. */
  constructor(
    private readonly plugin: Emitter<M, B>,
    private readonly settings: () => Settings,
    private readonly config: ServerConfig,
    changed: () => void,
  ) {
    this.#context = createContext(plugin, settings, config, (why) => this.jobs.note(why))
    this.jobs = new Jobs(plugin, this.#context)
    this.#remoteFiles = new RemoteFiles(plugin.uppy, settings().limit, changed)
  }

  /** Pausing is for all files, and Companion cannot. */
  get canPause(): boolean {
    return !this.#remoteFiles.underWay
  }

  /** Takes part in the page's transfers; again, when the limit has changed. */
  join(): void {
    const { limit } = this.settings()
    const leave = this.#leaveScheduler
    this.#leaveScheduler = pageScheduler.join(limit)
    leave()
    this.#remoteFiles.limit = limit
  }

  /** Stops all transfers. What S3 has of unfinished uploads stays there. */
  leave(): void {
    this.#leaveScheduler()
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
      signAhead({ data, request: toRequest(file, context) }, context).catch((error) =>
        context.log(`Not signed ahead: ${error}`),
      )
    }
  }

  /** Settles when each file has succeeded, failed or been removed. */
  async upload(files: UppyFile<M, B>[]): Promise<void> {
    this.#context.preconnect()
    await Promise.allSettled(
      files.map((file) =>
        file.isRemote
          ? this.#remoteFiles.upload(file, toMetadata(this.settings().allowedMetaFields, file.meta))
          : this.jobs.upload(file),
      ),
    )
    // "Resume all" starts files that had failed, too. Uppy counts them when this settles.
    const restarted = () => this.jobs.workingOn(files.map(({ id }) => id))
    for (let jobs = restarted(); jobs.length > 0; jobs = restarted()) {
      await Promise.allSettled(jobs.map((job) => job.start()))
    }
  }

  /** The network is gone: what is under way may notice much later. */
  goneOffline(): void {
    if (this.jobs.underWay) this.#context.tell('waiting_for_network', {})
  }

  unfinished(): Promise<UnfinishedUpload[]> {
    return listUnfinished(this.#context)
  }

  discard(id: string): Promise<void> {
    return discardUnfinished(id, this.#context)
  }

  readUnfinished(): Promise<UnfinishedFile[]> {
    return readUnfinished(this.#context)
  }

  /** @throws PartwayError in the page's language */
  async pick(id: string, file: File): Promise<UnfinishedFile> {
    try {
      return await pickUnfinished(id, file, this.#context)
    } catch (error) {
      throw localize(error, this.plugin.i18n)
    }
  }
}

// A page with Uppy on it, and what the user sees there.
import type { UploadResult as Result, UppyFile } from '@uppy/core'
import type { PartwayBody, PartwayOptions } from '../../../plugin/src/index.js'
import type { Page, Uppy } from './page.js'
import type { Session } from './session.js'
import { trace } from './trace.js'
import { otherContent } from './watch.js'

/** What pages listen to. */
export const EVENTS = [
  'upload-start',
  'upload-progress',
  'upload-success',
  'upload-error',
  'upload-stalled',
  'info-visible',
] as const

export type PageEvent = (typeof EVENTS)[number]
/** @param wish that the page is told of, if it is open */
export type Reaction = (tab: Tab, wish: Wish | undefined) => void

type Shown = UppyFile<Record<string, unknown>, PartwayBody>
type UploadResult = Result<Record<string, unknown>, PartwayBody>

/** The user wants this file uploaded: from adding it until it is done or removed, or the page is left. */
export interface Wish {
  name: string
  id: string
  /** The upload that the user was told of. */
  done?: string
  /** On the clock of `performance.now()`. */
  addedAt: number
  doneAt: number
  removed: boolean
  hasFailed: boolean
  /** The file is another one of the same size. */
  isOther: boolean
}

const lastModified = 1_700_000_000_000

export class Tab {
  readonly uppy: Uppy
  readonly wishes: Wish[] = []
  /** Of `uppy.upload()` and its like that have not settled. */
  unsettled = 0

  constructor(
    readonly page: Page,
    options: Partial<PartwayOptions>,
    private readonly contents: ReadonlyMap<string, string>,
    private readonly session: Pick<Session, 'watch' | 'wishes' | 'discarded' | 'reactions' | 'contentOf'>,
  ) {
    const { watch } = session
    const { Uppy, Partway } = page.code
    this.uppy = new Uppy({ logger: { debug: trace, warn: trace, error: trace } })
    this.uppy.use(Partway, { endpoint: '/uploads', ...options })
    this.uppy.on('upload-success', (file, response) => this.#succeeded(file, String(response.body?.ticket)))
    this.uppy.on('upload-error', (file, error) => {
      const wish = this.#wishOf(file)
      if (wish) wish.hasFailed = true
      if (!wish) watch.complain(`An error of a removed file: ${error.message}`)
      if (wish?.done) watch.complain(`An error of ${wish.name}, which is done: ${error.message}`)
    })
    this.uppy.on('upload-progress', (file, { bytesUploaded, bytesTotal }) => {
      const total = contents.get(file?.name ?? '')?.length
      if (bytesTotal !== total || bytesUploaded < 0 || bytesUploaded > total) {
        watch.complain(`Progress of ${file?.name}: ${bytesUploaded} of ${bytesTotal}`)
      }
    })
    this.uppy.on('complete', ({ successful }) => this.#checkSuccessful(successful))
    for (const event of EVENTS) {
      // The last to hear of it: Uppy hands on nothing behind a listener that throws.
      this.uppy.on(event as 'upload-start', (...args: unknown[]) => this.#react(event, args))
    }
  }

  /** What is neither done nor removed. */
  get open(): Wish[] {
    return this.wishes.filter(({ done, removed }) => !done && !removed)
  }
  get failed(): Wish[] {
    return this.open.filter(({ id }) => this.uppy.getFile(id).error)
  }
  get paused(): Wish[] {
    // The view may have been left.
    return this.open.filter(({ id }) => this.uppy.getFile(id)?.isPaused)
  }
  /** Of what is neither paused nor failed. */
  get moving(): string[] {
    const files = this.open.map(({ id }) => this.uppy.getFile(id))
    return files.filter(({ isPaused, error }) => !isPaused && !error).map(({ name }) => String(name))
  }
  /** Of what the user would add again after a reload. */
  get names(): string[] {
    return this.open.map(({ name }) => name)
  }

  /** Unless it is there and not done. @param isOther another file of the same name, size and date */
  add(name: string, isOther = false): void {
    const wishes = this.wishes.filter((wish) => wish.name === name && !wish.removed)
    if (wishes.some(({ done }) => !done)) return
    for (const { id } of wishes) if (this.uppy.getFile(id)) this.uppy.removeFile(id)
    const data = this.#fileOf(name, isOther)
    this.#wish(name, this.uppy.addFile({ name, type: 'text/plain', data }), isOther)
  }

  /** The user picks the file for its unfinished upload. */
  async continue(name: string, isOther = false): Promise<void> {
    const partway = this.uppy.getPlugin('Partway')
    // The server may be out of reach.
    const listed = (await partway?.unfinished().catch(trace)) ?? []
    const upload = listed.find((one) => one.name === name)
    if (!upload) return
    for (const wish of this.wishes.filter((done) => done.name === name)) this.remove(wish)
    const data = this.#fileOf(name, isOther)
    const note = (file: Shown) => {
      if (file.data === data) this.#wish(name, file.id, isOther)
    }
    this.uppy.on('file-added', note)
    // Not if it is gone by now, or a listener has added the file.
    await partway?.continueWith(upload.id, data).catch(trace)
    this.uppy.off('file-added', note)
  }

  /** The user gives up the file's unfinished upload. */
  async discard(name: string): Promise<void> {
    const partway = this.uppy.getPlugin('Partway')
    const listed = (await partway?.unfinished().catch(trace)) ?? []
    const upload = listed.find((one) => one.name === name)
    if (!upload) return
    this.session.discarded.add(name)
    // It is still there if the server could not be told.
    await partway?.discard(upload.id).catch(trace)
  }

  #react(event: PageEvent, args: unknown[]): void {
    if (!this.page.open) return
    // Of errors Uppy tells the user before the page hears of them.
    if (event === 'info-visible' && this.uppy.getState().info.at(-1)?.type !== 'info') return
    const { reactions } = this.session
    const react = reactions.get(event)
    reactions.delete(event)
    const ids = args.flat().map((arg) => (arg as { id?: string } | undefined)?.id)
    const ofFile = ({ id }: Wish) => event === 'info-visible' || ids.includes(id)
    react?.(this, this.open.find(ofFile))
  }

  #fileOf(name: string, isOther = false): File {
    const content = isOther ? otherContent(this.contents, name) : (this.contents.get(name) ?? '')
    return new File([content], name, { type: 'text/plain', lastModified })
  }

  #wish(name: string, id: string, isOther = false): void {
    const wish: Wish = {
      name,
      id,
      removed: false,
      hasFailed: false,
      isOther,
      addedAt: performance.now(),
      doneAt: Number.POSITIVE_INFINITY,
    }
    this.wishes.push(wish)
    this.session.wishes.push(wish)
  }

  /** As Uppy does, but also if it is so already. */
  setPaused({ id }: Wish, isPaused: boolean): void {
    this.uppy.setFileState(id, { isPaused })
    this.uppy.emit('upload-pause', this.uppy.getFile(id), isPaused)
  }

  remove(wish: Wish): void {
    wish.removed = true
    this.uppy.removeFile(wish.id)
  }

  cancelAll(): void {
    for (const wish of this.open) wish.removed = true
    this.uppy.cancelAll()
  }

  upload(): void {
    this.#settles(this.uppy.upload())
  }
  retry({ id }: Wish): void {
    this.#settles(this.uppy.retryUpload(id))
  }
  retryAll(): void {
    this.#settles(this.uppy.retryAll())
  }

  #settles(promise: Promise<unknown>): void {
    this.unsettled++
    promise.then(
      (result) => {
        this.unsettled--
        this.#checkSuccessful((result as UploadResult | undefined)?.successful)
      },
      (error) => this.session.watch.complain(`An upload rejected: ${error}`),
    )
  }

  /** What has not arrived is no success. */
  #checkSuccessful(files: Shown[] = []): void {
    const open = files.find(({ progress }) => !progress.uploadComplete)
    if (open) this.session.watch.complain(`${open.name} is counted as a success, and is not done.`)
  }

  #wishOf(file: Shown | undefined): Wish | undefined {
    return this.wishes.findLast(({ id, removed }) => id === file?.id && !removed)
  }

  #succeeded(file: Shown | undefined, ticket: string): void {
    const wish = this.#wishOf(file)
    const { watch } = this.session
    if (!wish) {
      watch.complain(`Success of a removed file: ${file?.name}`)
      return
    }
    if (wish.done) watch.complain(`Two successes of ${wish.name}`)
    const content = this.session.contentOf(ticket)
    const wanted = wish.isOther ? otherContent(this.contents, wish.name) : this.contents.get(wish.name)
    if (content !== wanted) watch.complain(`${wish.name} is a success, but S3 has ${content}.`)
    wish.done = ticket
    wish.doneAt = performance.now()
    const { bytesUploaded, bytesTotal } = this.uppy.getFile(wish.id).progress
    if (bytesUploaded !== bytesTotal) {
      watch.complain(`${wish.name} succeeded at ${bytesUploaded} of ${bytesTotal} bytes.`)
    }
  }
}

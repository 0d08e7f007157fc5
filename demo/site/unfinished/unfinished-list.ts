// Unfinished uploads of all tabs and browsers, each with buttons to resume and to discard it.
import type { PartwayBody } from '@partway/uppy'
import type { Meta, Uppy } from '@uppy/core'
import { findElement } from '../page/create-element.js'
import { countOf } from '../page/describe-amount.js'
import { keepFocus } from '../page/keep-focus.js'
import { whileStale } from '../page/while-stale.js'
import { pickFile } from './pick-file.js'
import { getTestFile, isTestFile } from './test-file.js'
import { createUnfinishedRow, type UnfinishedUpload } from './unfinished-row.js'

export class UnfinishedList {
  readonly #section = findElement('#unfinished')
  readonly #title = findElement('#unfinished h3')
  readonly #list = findElement('#unfinished ul')
  readonly #status = findElement('#unfinished [role=status]')
  readonly #load = whileStale(() => this.#ask())
  #uploads: UnfinishedUpload[] = []
  /** Keeps the list as it is, so that the test file is not listed for a moment before it continues. */
  #isContinuing = false

  constructor(private readonly uppy: Uppy<Meta, PartwayBody>) {
    uppy.on('partway:unfinished-changed', () => void this.load())
    // The Dashboard shows uploads in flight: do not list them twice.
    uppy.on('file-added', () => this.#show())
    uppy.on('file-removed', () => void this.load())
  }

  /** Asks server and browser; changes meanwhile cause one more request. */
  async load(): Promise<void> {
    await this.#load()
  }

  async #ask(): Promise<void> {
    const listed = this.uppy.getPlugin('Partway')?.unfinished()
    // Keeps the known list while the server cannot be reached.
    this.#uploads = (await listed?.catch(() => undefined)) ?? this.#uploads
    this.#show()
  }

  /**
   * Continues the test file, which the page can make again. Shows the list afterwards.
   * @returns whether an upload of it is unfinished
   * @throws Error with a sentence for the user
   */
  async continueTestFile(): Promise<boolean> {
    this.#isContinuing = true
    try {
      await this.load()
      const upload = this.#uploads.find(isTestFile)
      if (upload) await this.#continue(upload)
      return upload !== undefined
    } finally {
      this.#isContinuing = false
      this.#show()
    }
  }

  #show(): void {
    if (this.#isContinuing) return
    const underWay = this.uppy.getFiles().filter(({ progress }) => !progress.uploadComplete)
    const listed = this.#uploads.filter(
      (upload) => !underWay.some(({ name, size }) => name === upload.name && size === upload.size),
    )
    this.#title.textContent = countOf(listed.length, 'unfinished upload')
    const rows = listed.map((upload) =>
      createUnfinishedRow(upload, {
        goOn: () => this.#try(() => this.#continue(upload)),
        discard: () => this.#try(async () => this.uppy.getPlugin('Partway')?.discard(upload.id)),
      }),
    )
    keepFocus(this.#list, findElement('#upload-title'), () => this.#list.replaceChildren(...rows))
    this.#section.hidden = listed.length === 0
  }

  async #continue(upload: UnfinishedUpload): Promise<void> {
    const partway = this.uppy.getPlugin('Partway')
    if (upload.hasHandle) {
      await partway?.continueUnfinished()
      return
    }
    const file = isTestFile(upload) ? getTestFile() : await pickFile()
    if (file) await partway?.continueWith(upload.id, file)
  }

  async #try(act: () => Promise<void>): Promise<void> {
    this.#status.textContent = ''
    try {
      await act()
    } catch (error) {
      this.#status.textContent = (error as Error).message
    }
  }
}

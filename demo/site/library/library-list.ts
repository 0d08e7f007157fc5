// The signed-in person's objects in S3, kept up to date.
import type { PartwayBody } from '@partway/uppy'
import type { Meta, Uppy } from '@uppy/core'
import type { LibraryEntry } from '../../library/library-entry.js'
import { callApp } from '../page/call-app.js'
import { findElement } from '../page/create-element.js'
import { countOf, describeSize } from '../page/describe-amount.js'
import type { Live } from '../page/live.js'
import { createRow, type KnownEntry } from './library-row.js'

export class LibraryList {
  readonly #list = findElement('#stored')
  readonly #summary = findElement('#library .summary')
  readonly #rows = new Map<string, { entry: KnownEntry; row: HTMLLIElement }>()
  #loading: Promise<void> | undefined
  #isStale = false

  /** Follows what the page uploads, and what the server says has changed. */
  follow(uppy: Uppy<Meta, PartwayBody>, live: Live): void {
    uppy.on('upload-success', (file, { body }) => {
      if (file && body) this.#put({ ...body, name: file.name, type: file.type })
    })
    live.on('library', () => void this.load())
    live.on('connected', (isConnected) => isConnected && void this.load())
  }

  /** Asks S3. What comes in meanwhile is asked for once more. */
  async load(): Promise<void> {
    this.#isStale = true
    this.#loading ??= this.#loadWhileStale().finally(() => {
      this.#loading = undefined
    })
    await this.#loading
  }

  async #loadWhileStale(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false
      const before = [...this.#rows.keys()]
      try {
        const { objects }: { objects: LibraryEntry[] } = await (await callApp('/library')).json()
        this.#show(objects, before)
      } catch (error) {
        this.#summary.textContent = (error as Error).message
      }
    }
  }

  /** @param before keys that were listed when S3 was asked: what is not there any more is deleted */
  #show(objects: LibraryEntry[], before: string[]): void {
    const there = new Set(objects.map(({ key }) => key))
    for (const key of before) if (!there.has(key)) this.#take(key)
    // The oldest first, as each goes to the top.
    for (const object of objects.toReversed()) {
      if (!this.#rows.get(object.key)?.entry.checksum) this.#put(object)
    }
    this.#summarize()
  }

  #put(entry: KnownEntry): void {
    const row = createRow(entry, async () => {
      await callApp('/library/delete', { key: entry.key })
      this.#take(entry.key)
      this.#summarize()
    })
    const known = this.#rows.get(entry.key)
    if (known) known.row.replaceWith(row)
    else this.#list.prepend(row)
    this.#rows.set(entry.key, { entry, row })
    this.#summarize()
  }

  #take(key: string): void {
    this.#rows.get(key)?.row.remove()
    this.#rows.delete(key)
  }

  #summarize(): void {
    const entries = [...this.#rows.values()].map(({ entry }) => entry)
    const bytes = entries.reduce((sum, { size }) => sum + size, 0)
    this.#summary.textContent =
      entries.length === 0
        ? 'Nothing yet. What you upload appears here.'
        : `${countOf(entries.length, 'object')}, ${describeSize(bytes)}`
  }
}

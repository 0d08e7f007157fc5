// The signed-in person's objects in S3, kept up to date.
import type { PartwayBody } from '@partway/uppy'
import type { Meta, Uppy } from '@uppy/core'
import type { LibraryPage } from '../../library/library.js'
import { callApp } from '../page/call-app.js'
import { findElement } from '../page/create-element.js'
import { countOf, describeSize } from '../page/describe-amount.js'
import { keepFocus } from '../page/keep-focus.js'
import type { Live } from '../page/live.js'
import { whileStale } from '../page/while-stale.js'
import { createRow, type KnownEntry } from './library-row.js'

/** Shown at first, and with each "Show more". */
const PAGE = 100

export class LibraryList {
  readonly #list = findElement('#stored')
  readonly #summary = findElement('#library .summary')
  readonly #more = findElement<HTMLButtonElement>('#library .more')
  readonly #rows = new Map<string, { entry: KnownEntry; row: HTMLLIElement }>()
  /** Asks S3, and once more if something changes meanwhile. */
  readonly load = whileStale(() => this.#load())
  #limit = PAGE
  #listed: LibraryPage = { objects: [], count: 0, bytes: 0 }

  /** Follows the page's uploads, and changes that the server reports. */
  follow(uppy: Uppy<Meta, PartwayBody>, live: Live): void {
    uppy.on('upload-success', (file, { body }) => {
      // The entry from S3 has more details.
      if (!file || !body || this.#rows.has(body.key)) return
      this.#put({ ...body, name: file.name, type: file.type })
      this.#order()
    })
    live.on('library', () => void this.load())
    live.on('connected', (isConnected) => isConnected && void this.load())
    this.#more.addEventListener('click', () => {
      this.#limit += PAGE
      void this.load()
    })
  }

  async #load(): Promise<void> {
    const before = new Set(this.#rows.keys())
    try {
      this.#listed = await this.#ask(before)
    } catch (error) {
      this.#summary.textContent = (error as Error).message
      return
    }
    const there = new Set(this.#listed.objects.map(({ key }) => key))
    keepFocus(this.#list, findElement('#library-title'), () => {
      // Listed before the request, and missing from the reply: deleted.
      for (const key of before) if (!there.has(key)) this.#take(key)
      for (const object of this.#listed.objects) {
        if (!this.#rows.get(object.key)?.entry.checksum) this.#put(object)
      }
      this.#order()
    })
  }

  /** Raises the limit until all shown objects stay, however many new ones come before them. */
  async #ask(shown: ReadonlySet<string>): Promise<LibraryPage> {
    for (;;) {
      const page: LibraryPage = await (await callApp(`/library?limit=${this.#limit}`)).json()
      const wanted = shown.size + page.objects.filter(({ key }) => !shown.has(key)).length
      if (this.#limit >= Math.min(wanted, page.count)) return page
      this.#limit = wanted
    }
  }

  #put(entry: KnownEntry): void {
    const row = createRow(entry, async () => {
      await callApp('/library/delete', { key: entry.key })
      await this.load()
    })
    this.#rows.get(entry.key)?.row.replaceWith(row)
    this.#rows.set(entry.key, { entry, row })
  }

  #take(key: string): void {
    this.#rows.get(key)?.row.remove()
    this.#rows.delete(key)
  }

  /** Orders rows as S3 lists them, below what the page has just uploaded. Does not touch rows that are in place. */
  #order(): void {
    const { objects, count, bytes } = this.#listed
    const there = new Set(objects.map(({ key }) => key))
    const fresh = [...this.#rows.values()].filter(({ entry }) => !there.has(entry.key)).reverse()
    const listed = objects.flatMap(({ key }) => this.#rows.get(key) ?? [])
    for (const [index, { row }] of [...fresh, ...listed].entries()) {
      const inPlace = this.#list.children[index]
      if (inPlace !== row) this.#list.insertBefore(row, inPlace ?? null)
    }
    const total = fresh.reduce((sum, { entry }) => sum + entry.size, bytes)
    this.#more.hidden = objects.length >= count
    this.#summary.textContent =
      count + fresh.length === 0
        ? 'Nothing yet. What you upload appears here.'
        : `${countOf(count + fresh.length, 'object')}, ${describeSize(total)}`
  }
}

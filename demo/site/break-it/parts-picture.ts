// A cell for each part of the uploads in flight: waiting, signing, sending, done, again.
import type { UploadPicture } from '../../break-it/watched-upload.js'
import { createElement, findElement } from '../page/create-element.js'
import type { Live } from '../page/live.js'

/** The latest. More would push what is below out of sight. */
const SHOWN = 3

export function showParts(live: Live): void {
  const list = findElement('#parts')
  const empty = findElement('#no-parts')
  const blocks = new Map<string, PartsBlock>()
  live.on('parts', (pictures) => {
    const hasNew = pictures.some(({ key, isComplete }) => !isComplete && !blocks.has(key))
    // A new upload takes the place of those that are complete.
    const isShown = (picture: UploadPicture) =>
      !picture.isComplete || picture === pictures.at(-1) || (blocks.has(picture.key) && !hasNew)
    const shown = pictures.filter(isShown).slice(-SHOWN)
    for (const [key, { element }] of blocks) {
      if (shown.some((picture) => picture.key === key)) continue
      element.remove()
      blocks.delete(key)
    }
    for (const picture of shown) {
      const block = blocks.get(picture.key) ?? new PartsBlock()
      if (!blocks.has(picture.key)) list.prepend(block.element)
      blocks.set(picture.key, block)
      block.show(picture)
    }
    empty.hidden = shown.length > 0
  })
}

class PartsBlock {
  readonly #name = createElement('strong')
  readonly #summary = createElement('span', { className: 'facts' })
  readonly #cells = createElement('div', { className: 'cells', role: 'img' })
  readonly element = createElement(
    'li',
    {},
    createElement('div', { className: 'about' }, this.#name, this.#summary),
    this.#cells,
  )

  show({ key, name, parts, isComplete, repetitions }: UploadPicture): void {
    const done = parts.filter((state) => state === 'done').length
    const sending = parts.filter((state) => state === 'sending').length
    const summary = [
      isComplete ? 'Complete' : `${done} of ${parts.length} parts safe`,
      ...(sending > 0 ? [`${sending} in flight`] : []),
      ...(repetitions > 0 ? [`${repetitions} resent`] : []),
    ].join(' · ')
    this.element.dataset.key = key
    this.element.dataset.done = String(done)
    this.element.dataset.repetitions = String(repetitions)
    this.#name.textContent = name
    this.#summary.textContent = summary
    this.#cells.setAttribute('aria-label', `Parts of ${name}: ${summary}`)
    while (this.#cells.childElementCount < parts.length) this.#cells.append(createElement('span'))
    parts.forEach((state, index) => {
      const cell = this.#cells.children[index] as HTMLElement
      if (cell.dataset.state === state) return
      cell.dataset.state = state
      cell.title = `Part ${index + 1}: ${state}`
    })
  }
}

// One object in the Library.
import type { LibraryEntry } from '../../library/library-entry.js'
import { callApp } from '../page/call-app.js'
import { createElement } from '../page/create-element.js'
import { describeAge, describeSize } from '../page/describe-amount.js'

/** What the page knows of an object that S3 has not been asked about yet. */
export type KnownEntry = Pick<LibraryEntry, 'key' | 'name' | 'size' | 'location'> & Partial<LibraryEntry>

export function createRow(entry: KnownEntry, remove: () => Promise<void>): HTMLLIElement {
  const { key, name, size, location, type, checksum } = entry
  const storedAt = new Date(entry.storedAt ?? Date.now())
  const query = new URLSearchParams({ key })
  const sum = createElement('span', { className: 'checksum' }, checksum ? describe(checksum) : 'asking S3 …')
  return createElement(
    'li',
    { 'data-key': key },
    createPicture(entry, query),
    createElement(
      'div',
      { className: 'about' },
      createElement('strong', {}, name),
      createElement(
        'span',
        { className: 'facts' },
        `${describeSize(size)} · ${type || 'unknown type'} · `,
        createElement('time', { dateTime: storedAt.toISOString() }, describeAge(storedAt)),
      ),
      sum,
      createElement('code', {}, location),
    ),
    createElement(
      'div',
      { className: 'actions' },
      createElement(
        'a',
        { className: 'button', href: `/library/download?${query}`, 'aria-label': `Download ${name}` },
        'Download',
      ),
      createButton('SHA-256', name, async () => {
        sum.textContent = 'computing …'
        const { sha256 } = await (await callApp(`/library/sha256?${query}`)).json()
        sum.textContent = `SHA-256 ${sha256}`
      }),
      createDeleteButton(name, remove),
    ),
  )
}

function describe({ kind, value }: LibraryEntry['checksum']): string {
  return `${kind} ${value}`
}

/** A thumbnail where browsers can show one, else what the name ends with. */
function createPicture({ name, hasPreview }: KnownEntry, query: URLSearchParams): HTMLElement {
  if (hasPreview) {
    const src = `/library/preview?${query}`
    return createElement('img', { className: 'picture', src, alt: '', loading: 'lazy' })
  }
  const extension = /\.([A-Za-z0-9]{1,4})$/.exec(name)?.[1] ?? 'file'
  return createElement('span', { className: 'picture', 'aria-hidden': 'true' }, extension)
}

function createButton(text: string, name: string, act: () => Promise<void>): HTMLButtonElement {
  const button = createElement('button', { type: 'button', 'aria-label': `${text} of ${name}` }, text)
  button.addEventListener('click', async () => {
    button.disabled = true
    await act().catch((error: Error) => {
      button.textContent = error.message
    })
    button.disabled = false
  })
  return button
}

/** Asks once more, as nothing brings an object back. */
function createDeleteButton(name: string, remove: () => Promise<void>): HTMLButtonElement {
  const button = createElement('button', { type: 'button', className: 'danger' }, 'Delete')
  const ask = (isSure: boolean) => {
    button.textContent = isSure ? 'Delete for good?' : 'Delete'
    button.dataset.sure = String(isSure)
    button.setAttribute('aria-label', isSure ? `Delete ${name} for good?` : `Delete ${name}`)
  }
  ask(false)
  button.addEventListener('blur', () => ask(false))
  button.addEventListener('click', async () => {
    if (button.dataset.sure !== 'true') return ask(true)
    button.disabled = true
    await remove().catch((error: Error) => {
      button.textContent = error.message
      button.disabled = false
    })
  })
  return button
}

// One object in the Library.
import type { LibraryEntry } from '../../library/library-entry.js'
import { announce } from '../page/announce.js'
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
      createButton('SHA-256', `SHA-256 of ${name}`, sum, async () => {
        sum.textContent = 'computing …'
        const { sha256 } = await (await callApp(`/library/sha256?${query}`)).json()
        sum.textContent = `SHA-256 ${sha256}`
        announce(`SHA-256 of ${name}: ${sha256}`)
      }),
      createDeleteButton(name, sum, remove),
    ),
  )
}

function describe({ kind, value }: LibraryEntry['checksum']): string {
  return `${kind} ${value}`
}

/** A thumbnail if browsers can show one, else the name's extension. */
function createPicture({ name, hasPreview }: KnownEntry, query: URLSearchParams): HTMLElement {
  if (hasPreview) {
    const src = `/library/preview?${query}`
    return createElement('img', { className: 'picture', src, alt: '', loading: 'lazy' })
  }
  const extension = /\.([A-Za-z0-9]{1,4})$/.exec(name)?.[1] ?? 'file'
  return createElement('span', { className: 'picture', 'aria-hidden': 'true' }, extension)
}

/** A button that keeps the focus while it works. `status` shows failures, which are announced, too. */
function createButton(
  text: string,
  label: string,
  status: HTMLElement,
  act: () => Promise<void>,
): HTMLButtonElement {
  const button = createElement('button', { type: 'button', 'aria-label': label }, text)
  button.addEventListener('click', async () => {
    if (button.ariaDisabled === 'true') return
    button.ariaDisabled = 'true'
    await act().catch((error: Error) => {
      status.textContent = error.message
      announce(error.message)
    })
    button.ariaDisabled = 'false'
  })
  return button
}

/** Asks for confirmation: a deletion cannot be undone. */
function createDeleteButton(
  name: string,
  status: HTMLElement,
  remove: () => Promise<void>,
): HTMLButtonElement {
  let isSure = false
  const button = createButton('Delete', `Delete ${name}`, status, async () => {
    if (!isSure) return ask(true)
    await remove().finally(() => ask(false))
  })
  button.className = 'danger'
  const ask = (sure: boolean) => {
    isSure = sure
    button.textContent = sure ? 'Delete for good?' : 'Delete'
    button.ariaLabel = sure ? `Delete ${name} for good?` : `Delete ${name}`
  }
  button.addEventListener('blur', () => ask(false))
  return button
}

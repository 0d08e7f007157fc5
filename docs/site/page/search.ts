// The search: its dialog, the keys that open it, and the list of what is found.
import type { Found } from './search-index.js'

const MOST = 12

export function addSearch(): void {
  const button = document.querySelector<HTMLButtonElement>('.search-button')
  const dialog = document.querySelector<HTMLDialogElement>('dialog.search')
  const input = dialog?.querySelector('input')
  const status = dialog?.querySelector('[role=status]')
  const list = dialog?.querySelector('ol')
  if (!button || !dialog || !input || !status || !list) return

  const open = () => {
    dialog.showModal()
    input.select()
    loadIndex().catch(() => {
      status.textContent = 'The search could not be loaded.'
    })
  }
  const show = async () => {
    const query = input.value.trim()
    const { search } = await loadIndex()
    // A later key has been pressed while the index was loaded.
    if (query !== input.value.trim()) return
    const found = query ? search(query).slice(0, MOST) : []
    list.replaceChildren(...found.map(renderFound))
    status.textContent = describe(query, found.length)
  }

  button.hidden = false
  button.addEventListener('click', open)
  input.addEventListener('input', () => void show())
  dialog.addEventListener('keydown', (event) => moveFocus(event, dialog))
  // On a link to this very page nothing else would close it; and a click beside the dialog is one on itself.
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog || (target as Element).closest('a')) dialog.close()
  })
  document.addEventListener('keydown', (event) => {
    if (dialog.open || !isShortcut(event)) return
    event.preventDefault()
    open()
  })
}

const loadIndex = () => import('./search-index.js')

function isShortcut({ key, ctrlKey, metaKey, target }: KeyboardEvent): boolean {
  if (key === 'k') return ctrlKey || metaKey
  return key === '/' && !(target as Element).matches('input, textarea, select')
}

function describe(query: string, count: number): string {
  if (!query) return ''
  if (count === 0) return 'Nothing found.'
  return count === 1 ? 'One section found.' : `${count === MOST ? 'The best ' : ''}${count} sections found.`
}

function renderFound({ href, page, heading, excerpt }: Found): HTMLLIElement {
  const item = document.createElement('li')
  const link = document.createElement('a')
  link.href = document.documentElement.dataset.root + href
  const title = document.createElement('strong')
  title.textContent = heading ? `${page} › ${heading}` : page
  const text = document.createElement('span')
  for (const { words, isMatch } of excerpt) {
    const part = document.createElement(isMatch ? 'mark' : 'span')
    part.textContent = words
    text.append(part)
  }
  link.append(title, text)
  item.append(link)
  return item
}

/** The arrows go through the field and what is found; Enter in the field opens the first. */
function moveFocus(event: KeyboardEvent, dialog: HTMLDialogElement): void {
  const stops = [...dialog.querySelectorAll<HTMLElement>('input, a')]
  const at = stops.indexOf(document.activeElement as HTMLElement)
  if (event.key === 'Enter' && at === 0) stops[1]?.click()
  else if (event.key === 'ArrowDown') stops[Math.min(at + 1, stops.length - 1)]?.focus()
  else if (event.key === 'ArrowUp') stops[Math.max(at - 1, 0)]?.focus()
  else return
  event.preventDefault()
}

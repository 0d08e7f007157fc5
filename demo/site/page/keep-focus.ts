// Keeps the keyboard focus when rows of a list come and go.

/**
 * Keeps the focus in the list over `change`: on the same control, or else on the last one of the row that took its place, or
 * on `title` if no row is left.
 */
export function keepFocus(list: Element, title: HTMLElement, change: () => void): void {
  const focused = document.activeElement
  const row = focused?.closest('li')
  if (!focused || !row || !list.contains(row)) {
    change()
    return
  }
  const place = [...list.children].indexOf(row)
  const label = focused.getAttribute('aria-label')
  change()
  if (document.activeElement === focused) return
  const controls = [...list.querySelectorAll<HTMLElement>('a, button')]
  const same = controls.find((control) => control.getAttribute('aria-label') === label)
  const next = list.children[Math.min(place, list.children.length - 1)]
  const inNext = [...(next?.querySelectorAll<HTMLElement>('button') ?? [])].at(-1)
  title.tabIndex = -1
  const target = same ?? inNext ?? title
  target.focus()
}

// What a reload must not lose: where the user was, and that the test file goes on by itself.
const KEY = 'break-it'

/** What goes on after the reload. */
export interface Kept {
  /** Whether it is the play, or the upload alone. */
  isPlaying: boolean
  /** The object's key, if the upload was in flight. */
  key?: string | undefined
}

interface Place extends Kept {
  scrollY: number
  /** Of the element with the keyboard focus. */
  focusId: string
}

/** Call it just before the page is left. */
export function keepPlace(kept: Kept): void {
  const place: Place = { ...kept, scrollY, focusId: document.activeElement?.id ?? '' }
  sessionStorage.setItem(KEY, JSON.stringify(place))
}

/** Goes to the place that was kept, once. @returns `undefined` if none was */
export function returnToPlace(): Kept | undefined {
  const kept = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  if (!kept) return undefined
  const { scrollY, focusId, ...goesOn }: Place = JSON.parse(kept)
  scrollTo({ top: scrollY, behavior: 'instant' })
  if (document.activeElement === document.body) {
    document.getElementById(focusId)?.focus({ preventScroll: true })
  }
  return goesOn
}

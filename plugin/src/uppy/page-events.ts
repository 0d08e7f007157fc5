// What happens to the page as a whole while uploads are under way.

/** Missing in Node, where Uppy runs as well. */
const page: Partial<Pick<Window, 'addEventListener' | 'removeEventListener'>> = globalThis

/** @param react told that the browser has no network any more. @returns Ends it. */
export function onOffline(react: () => void): () => void {
  page.addEventListener?.('offline', react)
  return () => page.removeEventListener?.('offline', react)
}

/** Has the browser ask before the page is left, if there was a click before. */
export class LeaveQuestion {
  readonly #ask = (event: Event) => event.preventDefault()

  /** Registered only while it is needed: some browsers do not keep a page with such a listener for Back and Forward. */
  set needed(needed: boolean) {
    if (needed) page.addEventListener?.('beforeunload', this.#ask)
    else page.removeEventListener?.('beforeunload', this.#ask)
  }
}

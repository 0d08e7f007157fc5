// Page-wide events during uploads.

/** The methods are missing in Node, where Uppy also runs. */
const page: Partial<Pick<Window, 'addEventListener' | 'removeEventListener'>> = globalThis

/** @param react called when the browser loses the network. @returns Stops listening. */
export function onOffline(react: () => void): () => void {
  page.addEventListener?.('offline', react)
  return () => page.removeEventListener?.('offline', react)
}

/** Has the browser ask before the user leaves the page, if there was a click before. */
export class LeaveQuestion {
  readonly #ask = (event: Event) => event.preventDefault()

  /** Listens only while needed: some browsers do not put a page with such a listener into the back/forward cache. */
  set needed(needed: boolean) {
    if (needed) page.addEventListener?.('beforeunload', this.#ask)
    else page.removeEventListener?.('beforeunload', this.#ask)
  }
}

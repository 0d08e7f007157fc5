// What happens to the page as a whole while uploads are under way.

/** Told when it happens. */
export interface PageEvents {
  /** The user is about to leave. `preventDefault()` has the browser ask, if there was a click before. */
  beforeunload(event: Event): void
  /** The browser says that there is no network. */
  offline(): void
}

/** @returns Ends it. */
export function onPageEvents(events: PageEvents): () => void {
  // Not in Node, where Uppy runs as well.
  const page: Partial<Pick<Window, 'addEventListener' | 'removeEventListener'>> = globalThis
  page.addEventListener?.('beforeunload', events.beforeunload)
  page.addEventListener?.('offline', events.offline)
  return () => {
    page.removeEventListener?.('beforeunload', events.beforeunload)
    page.removeEventListener?.('offline', events.offline)
  }
}

// The browser's own question before a page with uploads under way is left.

/**
 * @param shouldAsk Asked when the page is about to be left. Browsers ask the user only if there was a click before.
 * @returns Ends it.
 */
export function guardLeaving(shouldAsk: () => boolean): () => void {
  const ask = (event: Event) => {
    if (shouldAsk()) event.preventDefault()
  }
  globalThis.addEventListener?.('beforeunload', ask)
  return () => globalThis.removeEventListener?.('beforeunload', ask)
}

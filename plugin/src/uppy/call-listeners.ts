// The border to the page's listeners: Uppy's emitter hands what they throw to whoever emits.

/**
 * Runs what calls listeners of the page. What they throw is reported as the browser reports any uncaught exception
 * (`window.onerror`), and changes nothing here. Uppy does not call the listeners behind one that throws.
 */
export function callListeners(run: () => void): void {
  try {
    run()
  } catch (error) {
    // Not in Node, where Uppy runs as well.
    if (typeof reportError === 'function') reportError(error)
    else console.error(error)
  }
}

// The boundary to the page's listeners: Uppy's emitter passes what they throw on to its caller.

/**
 * Calls `run`, which calls listeners of the page. What they throw is reported like any uncaught exception
 * (`window.onerror`), and changes nothing here. Uppy skips the listeners after one that throws.
 */
export function callListeners(run: () => void): void {
  try {
    run()
  } catch (error) {
    // Missing in Node, where Uppy also runs.
    if (typeof reportError === 'function') reportError(error)
    else console.error(error)
  }
}

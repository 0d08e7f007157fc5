// Long work on the page's own thread, in slices that nobody notices.

/** The page's frames are 16 ms long, and the browser needs some of that. */
const SLICE_MS = 8

let sliceEndsAt = 0
let pause: Promise<void> | undefined

/**
 * To be awaited between steps of a millisecond or so. All who work share the one slice, after which the browser has
 * its turn.
 */
export async function yieldThread(): Promise<void> {
  while (performance.now() >= sliceEndsAt) {
    pause ??= nextTask().then(() => {
      pause = undefined
      sliceEndsAt = performance.now() + SLICE_MS
    })
    await pause
  }
}

// Not a timer: browsers hold back those of pages in the background, by up to a minute.
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}

// Cuts long work on the main thread into slices too short to notice.

/** A frame of the page takes 16 ms, and the browser needs some of that. */
const SLICE_MS = 8

let sliceEndsAt = 0
let pause: Promise<void> | undefined

/**
 * Await this between steps of a millisecond or so. All callers share one slice, after which the browser has its turn.
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

// Not a timer: browsers delay those of background pages by up to a minute.
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

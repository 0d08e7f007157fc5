// Runs one request at a time, however often something changes.

/** @returns runs `ask`, or runs it once more if it is running; resolves when a run since the call has ended */
export function whileStale(ask: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let isStale = false
  const run = async () => {
    while (isStale) {
      isStale = false
      await ask()
    }
  }
  return async () => {
    isStale = true
    running ??= run().finally(() => {
      running = undefined
    })
    await running
  }
}

// Runs one request at a time, however often something changes.

/** @returns Runs `ask`. Calls during a run cause one more run. Resolves when a run that began after the call has ended. */
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

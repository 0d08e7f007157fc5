// One question at a time, however often something has changed.

/** @returns has `ask` run, or run once more if it runs already; resolves when it has run since the call */
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

// An abortable wait that ends early when the network comes back.

/** Browsers fire longer timers at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Whether the browser is sure that there is no network. `false` promises nothing. */
export function isOffline(): boolean {
  return globalThis.navigator?.onLine === false
}

/** Resolves after `ms`, or earlier when the network comes back. Rejects with the signal's reason. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER_MS))
    signal.addEventListener('abort', end)
    globalThis.addEventListener?.('online', end)

    function end(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      globalThis.removeEventListener?.('online', end)
      if (signal.aborted) reject(signal.reason)
      else resolve()
    }
  })
}

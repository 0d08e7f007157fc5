// Web Locks in memory.

type Granted = (lock: { name: string } | null) => unknown

/** `navigator.locks`, as far as the plugin uses it: exclusive locks of one name. */
export class FakeLocks {
  held = false
  readonly queue: (() => void)[] = []

  async request(name: string, options: LockOptions, granted: Granted): Promise<unknown> {
    if (this.held && options.ifAvailable) return granted(null)
    if (this.held) await this.#turn(options.signal)
    this.held = true
    try {
      return await granted({ name })
    } finally {
      this.held = false
      this.queue.shift()?.()
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queue.push(resolve)
      signal?.addEventListener('abort', () => {
        this.queue.splice(this.queue.indexOf(resolve), 1)
        // Older browsers do not pass the signal's reason on.
        reject(new DOMException('The request was aborted.', 'AbortError'))
      })
    })
  }
}

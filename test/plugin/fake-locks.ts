// Web Locks in memory.

type Granted = (lock: { name: string } | null) => unknown

/** `navigator.locks`, as far as the plugin uses it: exclusive locks, and shared ones that nobody takes exclusively. */
export class FakeLocks {
  /** Names of shared locks. */
  readonly shared: string[] = []
  readonly #held = new Set<string>()
  readonly #queues = new Map<string, (() => void)[]>()

  /** Whether any lock is. */
  get held(): boolean {
    return this.#held.size > 0
  }
  /** Who waits, for any lock. */
  get queue(): (() => void)[] {
    return [...this.#queues.values()].flat()
  }

  async query(): Promise<LockManagerSnapshot> {
    return { held: [...this.#held].map((name) => ({ name })), pending: [] }
  }

  async request(name: string, options: LockOptions, granted: Granted): Promise<unknown> {
    if (options.mode === 'shared') return await this.#share(name, granted)
    if (this.#held.has(name) && options.ifAvailable) return granted(null)
    if (this.#held.has(name)) await this.#turn(name, options.signal)
    this.#held.add(name)
    try {
      return await granted({ name })
    } finally {
      const next = this.#queues.get(name)?.shift()
      // It stays held on the way to the next one.
      if (next) next()
      else this.#held.delete(name)
    }
  }

  async #share(name: string, granted: Granted): Promise<unknown> {
    this.shared.push(name)
    try {
      return await granted({ name })
    } finally {
      this.shared.splice(this.shared.indexOf(name), 1)
    }
  }

  #turn(name: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(name) ?? []
      this.#queues.set(name, queue)
      queue.push(resolve)
      signal?.addEventListener('abort', () => {
        const place = queue.indexOf(resolve)
        if (place < 0) return
        queue.splice(place, 1)
        // Older browsers do not pass the signal's reason on.
        reject(new DOMException('The request was aborted.', 'AbortError'))
      })
    })
  }
}

// The queue that Uppy's request client asks for. Uppy 5 and 6 each have one, under different paths.

/** As the client uses it. */
interface AbortablePromise<Result> extends Promise<Result> {
  abortOn(signal: AbortSignal | undefined): AbortablePromise<Result>
}

interface QueuedCall {
  start(): Promise<void>
  reject(reason: unknown): void
}

export class RemoteQueue {
  readonly #queued = new Set<QueuedCall>()
  #inFlight = 0

  /** @param limit Most calls in flight, asked for before each. */
  constructor(private readonly limit: () => number) {}

  /** @returns a function whose calls wait for their turn. Aborting one rejects it at once. */
  wrapPromiseFunction<Args extends unknown[], Result>(
    run: (...args: Args) => Promise<Result>,
  ): (...args: Args) => AbortablePromise<Result> {
    return (...args) => {
      let abort: (reason: unknown) => void = () => {}
      const promise = new Promise<Result>((resolve, reject) => {
        const call = { start: () => run(...args).then(resolve, reject), reject }
        abort = (reason) => {
          this.#queued.delete(call)
          reject(reason)
        }
        this.#queued.add(call)
      }) as AbortablePromise<Result>
      promise.abortOn = (signal) => {
        signal?.addEventListener('abort', () => abort(signal.reason))
        return promise
      }
      this.#startQueued()
      return promise
    }
  }

  /** Rejects calls that have not started. */
  clear(): void {
    for (const call of this.#queued) call.reject(new DOMException('Cleared', 'AbortError'))
    this.#queued.clear()
  }

  #startQueued(): void {
    for (const call of this.#queued) {
      if (this.#inFlight >= this.limit()) return
      this.#queued.delete(call)
      this.#inFlight++
      call.start().finally(() => {
        this.#inFlight--
        this.#startQueued()
      })
    }
  }
}

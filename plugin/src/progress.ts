// One file's progress: the bytes of finished parts plus those of the parts on their way.

/** Shortest time between two reports of a file. */
const INTERVAL_MS = 100

/** Adds up a file's bytes and reports them, at most ten times a second and once more at the end. */
export class Progress {
  #done = 0
  #sending = new Map<number, number>()
  #reported = 0
  #reportedAt = Number.NEGATIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly total: number,
    private readonly report: (bytesUploaded: number) => void,
  ) {}

  /** Uppy shows 0 again: it does so whenever an upload starts. */
  reset(): void {
    this.#reported = 0
  }

  /** Begins a run, with what S3 already holds. */
  start(done: number): void {
    this.#done = done
    this.#sending.clear()
    this.#changed()
  }

  /** So many bytes of a part have left. */
  sending(partNumber: number, bytes: number): void {
    this.#sending.set(partNumber, bytes)
    this.#changed()
  }

  /** The part did not arrive: its bytes do not count any more. */
  failed(partNumber: number): void {
    if (this.#sending.delete(partNumber)) this.#changed()
  }

  /** The part arrived. */
  arrived(partNumber: number, bytes: number): void {
    this.#sending.delete(partNumber)
    this.#done += bytes
    this.#changed()
  }

  /** Reports what is still unreported, and nothing later. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    let bytes = this.#done
    for (const part of this.#sending.values()) bytes += part
    bytes = Math.min(bytes, this.total)
    if (bytes === this.#reported) return
    this.#reported = bytes
    this.#reportedAt = performance.now()
    this.report(bytes)
  }

  #changed(): void {
    if (this.#timer !== undefined) return
    const waitMs = this.#reportedAt + INTERVAL_MS - performance.now()
    if (waitMs <= 0) this.flush()
    else this.#timer = setTimeout(() => this.flush(), waitMs)
  }
}

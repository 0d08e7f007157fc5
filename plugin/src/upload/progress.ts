// One file's progress: the bytes of finished parts plus those of the parts in flight.

/** From the first unreported change to its report. */
const DELAY_MS = 100
/**
 * The same for a part that was never seen in flight: a small file. Uppy copies the state of all files, maybe thousands, for
 * each report, and most small files are done by then.
 */
const UNSEEN_DELAY_MS = 1000

/** Adds up a file's bytes and reports them, at most ten times a second, and the last at the end. */
export class Progress {
  #done = 0
  #sending = new Map<number, number>()
  #reported = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly total: number,
    private readonly report: (bytesUploaded: number) => void,
  ) {}

  /** Uppy shows 0 again whenever an upload starts. */
  reset(): void {
    this.#reported = 0
  }

  /** Starts a run with the bytes that S3 already holds, and reports them at once. */
  start(done: number): void {
    this.#done = done
    this.#sending.clear()
    this.flush()
  }

  /** `bytes` of the part have been sent. */
  sending(partNumber: number, bytes: number): void {
    this.#sending.set(partNumber, bytes)
    this.#changed()
  }

  /** The part did not arrive: its bytes no longer count. */
  failed(partNumber: number): void {
    if (this.#sending.delete(partNumber)) this.#changed()
  }

  /** The part arrived. */
  arrived(partNumber: number, bytes: number): void {
    const wasSeen = this.#sending.delete(partNumber)
    this.#done += bytes
    this.#changed(wasSeen ? DELAY_MS : UNSEEN_DELAY_MS)
  }

  /** S3 has all of it. Without an earlier report, the success event is enough. Reports nothing later. */
  finish(): void {
    if (this.#reported > 0) this.flush()
    else this.#cancel()
  }

  /** Reports what is still unreported, and nothing later. */
  flush(): void {
    this.#cancel()
    let bytes = this.#done
    for (const part of this.#sending.values()) bytes += part
    bytes = Math.min(bytes, this.total)
    if (bytes === this.#reported) return
    this.#reported = bytes
    this.report(bytes)
  }

  #changed(delayMs = DELAY_MS): void {
    this.#timer ??= setTimeout(() => this.flush(), delayMs)
  }

  #cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

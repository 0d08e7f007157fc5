// One file's progress: the bytes of finished parts plus those of the parts on their way.

/** From a file's first news to its report. */
const DELAY_MS = 100
/**
 * The same for what was not seen on its way: a small file. Uppy copies the state of all files for each report, which may be
 * thousands, and most small ones are done by then.
 */
const UNSEEN_DELAY_MS = 1000

/** Adds up a file's bytes and reports them, at most ten times a second and at the end the last. */
export class Progress {
  #done = 0
  #sending = new Map<number, number>()
  #reported = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly total: number,
    private readonly report: (bytesUploaded: number) => void,
  ) {}

  /** Uppy shows 0 again: it does so whenever an upload starts. */
  reset(): void {
    this.#reported = 0
  }

  /** Begins a run, with what S3 already holds, and reports that at once. */
  start(done: number): void {
    this.#done = done
    this.#sending.clear()
    this.flush()
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
    const wasSeen = this.#sending.delete(partNumber)
    this.#done += bytes
    this.#changed(wasSeen ? DELAY_MS : UNSEEN_DELAY_MS)
  }

  /** S3 has all of it: who has heard nothing yet is told of that only. Reports nothing later. */
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

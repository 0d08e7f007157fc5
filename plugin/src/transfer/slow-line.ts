// Limits large transfers on a slow line: a reload loses what is in flight, so the time in flight is bounded.

/** Longest time for each of several parallel transfers. A single one may take longer. */
const MOST_MS = 15_000
/** Target time when the number of transfers is chosen: below `MOST_MS`, so that the number does not oscillate. */
const AIM_MS = 12_000
/** After a transfer starts, its progress first shows only what the socket buffers. */
const SETTLE_MS = 1000
/** How long progress is measured. */
const WINDOW_MS = 2000
/** A longer window is ignored: the machine slept, or the network was gone. */
const SILENCE_MS = 5000
/** How long a change in the number of transfers that did not help is not tried again. */
const REST_MS = 300_000

/** Abort reason of a transfer that the line has no room for: it queues again. */
export const CUT = Symbol('cut')

/** One transfer's view of the line: takes its progress, and may cut it. */
export interface OnLine {
  /** Aborts with {@link CUT} when the transfer has to end. */
  cut: AbortSignal
  /** `sent` of its `bytes` have been sent. */
  sent(sent: number, bytes: number): void
  ended(succeeded: boolean): void
}

interface Transfer {
  readonly cut: AbortController
  bytes: number
  sent: number
  /** `sent` when the window opened. */
  from: number
}

/**
 * Measures speed only while no transfer starts. So it never judges fast lines, where one starts all the time.
 */
export class Line {
  /** Grows by fractions. */
  #slots = Number.POSITIVE_INFINITY
  /** The oldest first. */
  readonly #transfers = new Set<Transfer>()
  /** When the window opens, on the clock of `performance.now()`. May be in the future. */
  #openedAt = 0
  /** Before the last cut: the number of transfers, and the time that each took. */
  #beforeCount = 0
  #beforeMs = Number.POSITIVE_INFINITY
  /** When a cut, or one more transfer than seems to fit, may be tried again. */
  #fewerAt = 0
  #moreAt = Number.POSITIVE_INFINITY

  /** @param gotFaster called when more may start before one ends */
  constructor(private readonly gotFaster: () => void) {}

  /** Whether one more may start, if other limits allow `most`. At least one always may. */
  hasRoom(most: number): boolean {
    return this.#transfers.size + 1 <= Math.max(1, Math.min(most, this.#slots))
  }

  /** Registers a transfer that starts. @param isSmall neither counted nor measured */
  start(isSmall: boolean): OnLine {
    const startedAt = performance.now()
    const cut = new AbortController()
    const transfer: Transfer = { cut, bytes: Number.POSITIVE_INFINITY, sent: 0, from: 0 }
    if (!isSmall) {
      this.#transfers.add(transfer)
      this.#open(SETTLE_MS)
    }
    return {
      cut: cut.signal,
      sent: (sent, bytes) => {
        transfer.sent = sent
        transfer.bytes = bytes
        const windowMs = performance.now() - this.#openedAt
        if (windowMs < 0) transfer.from = sent
        if (windowMs < WINDOW_MS) return
        if (windowMs < SILENCE_MS) this.#judge(windowMs)
        this.#open(0)
      },
      ended: (succeeded) => {
        const now = performance.now()
        const count = this.#transfers.size
        this.#transfers.delete(transfer)
        if (!succeeded) return
        const withOneMoreMs = ((now - startedAt) * (count + 1)) / count
        if (withOneMoreMs <= AIM_MS || now > this.#moreAt) this.#slots += 1 / this.#slots
      },
    }
  }

  #open(inMs: number): void {
    this.#openedAt = Math.max(this.#openedAt, performance.now() + inMs)
    for (const transfer of this.#transfers) transfer.from = transfer.sent
  }

  #judge(windowMs: number): void {
    const now = performance.now()
    const count = this.#transfers.size
    let [sent, bytes] = [0, 0]
    for (const transfer of this.#transfers) {
      // From 0, it has only begun to fill a buffer. With everything sent, its progress is unknown.
      if (transfer.from === 0 || transfer.sent === transfer.bytes) continue
      sent += transfer.sent - transfer.from
      bytes += transfer.bytes
    }
    if (sent === 0) return
    const transferMs = (windowMs * bytes) / sent
    // On a shared line, the rest would be faster after a cut. They are not, so each connection is slow by itself.
    if (transferMs > (this.#beforeMs * (1 + count / this.#beforeCount)) / 2) {
      this.#slots = this.#beforeCount
      this.#fewerAt = now + REST_MS
      this.gotFaster()
    }
    this.#beforeMs = Number.POSITIVE_INFINITY
    if (transferMs <= MOST_MS || count === 1 || now < this.#fewerAt) return
    this.#moreAt = now + REST_MS
    this.#beforeMs = transferMs
    this.#beforeCount = count
    this.#slots = Math.max(1, Math.floor((count * AIM_MS) / transferMs))
    // Cuts the youngest, but none that has sent everything: S3 is about to have it.
    for (const transfer of [...this.#transfers].filter((one) => one.sent < one.bytes).slice(this.#slots)) {
      // What it has buffered still goes over the line.
      this.#open(SETTLE_MS + (transferMs * transfer.sent) / transfer.bytes)
      transfer.cut.abort(CUT)
    }
  }
}

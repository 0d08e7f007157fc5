// How many large transfers the page's line takes at a time: no more than it carries in seconds, because a reload loses them.

/** What goes side by side is through within so long, or goes alone. */
const MOST_MS = 15_000
/** As many as are through within so long: less than `MOST_MS`, so that the number does not go to and fro. */
const AIM_MS = 12_000
/** First, progress only tells what the sockets buffer. */
const SETTLE_MS = 1000
/** How long progress is measured. */
const WINDOW_MS = 2000
/** If it took longer, the machine slept, or the network was gone: that tells nothing of the line's speed. */
const SILENCE_MS = 5000
/** Where fewer transfers were no faster, or more too many, that is not tried again for so long. */
const REST_MS = 300_000

/** Why a transfer ends that the line has no room for: it takes its turn again. */
export const CUT = Symbol('cut')

/** Whom a transfer tells how it goes. */
export interface OnLine {
  /** Aborts with {@link CUT} when the transfer has to end. */
  cut: AbortSignal
  /** So many of its bytes have left. */
  sent(sent: number, bytes: number): void
  succeeded(): void
  ended(): void
}

interface Transfer {
  readonly cut: AbortController
  bytes: number
  sent: number
  /** `sent` when the window opened. */
  from: number
}

/**
 * Only slow lines are measured: on others there is always a transfer that starts, and with it the measuring begins anew.
 */
export class Line {
  /** It grows by fractions. */
  #slots = Number.POSITIVE_INFINITY
  /** The oldest first. */
  readonly #transfers = new Set<Transfer>()
  /** Begin of the window, on the clock of `performance.now()`. It may be yet to come. */
  #openedAt = 0
  /** How many there were before there were fewer, and how long one took. */
  #beforeCount = 0
  #beforeMs = Number.POSITIVE_INFINITY
  /** When fewer, or more than seem to be through in time, may be tried again. */
  #fewerAt = 0
  #moreAt = Number.POSITIVE_INFINITY

  /** @param gotFaster told when more may start before one ends */
  constructor(private readonly gotFaster: () => void) {}

  /** Whether one more may start, of `most` for other reasons. One at least goes. */
  hasRoom(most: number): boolean {
    return this.#transfers.size + 1 <= Math.max(1, Math.min(most, this.#slots))
  }

  /** A transfer starts. @param isSmall It neither counts nor is measured. */
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
      succeeded: () => {
        const now = performance.now()
        const count = this.#transfers.size
        const withOneMoreMs = ((now - startedAt) * (count + 1)) / count
        if (withOneMoreMs <= AIM_MS || now > this.#moreAt) this.#slots += 1 / this.#slots
      },
      ended: () => void this.#transfers.delete(transfer),
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
      // One that has not begun fills a buffer, and of one that has left nobody knows how far it is.
      if (transfer.from === 0 || transfer.sent === transfer.bytes) continue
      sent += transfer.sent - transfer.from
      bytes += transfer.bytes
    }
    if (sent === 0) return
    const transferMs = (windowMs * bytes) / sent
    // On a shared line each would be faster as there are fewer.
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
    // None that S3 is about to have.
    for (const transfer of [...this.#transfers].filter((one) => one.sent < one.bytes).slice(this.#slots)) {
      // What it has put into buffers still uses the line.
      this.#open(SETTLE_MS + (transferMs * transfer.sent) / transfer.bytes)
      transfer.cut.abort(CUT)
    }
  }
}

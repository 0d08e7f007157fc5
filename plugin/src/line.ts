// How many large transfers the page's line takes at a time: no more than it carries in seconds, because a reload loses them.
import { Lifetime } from './lifetime.js'

/** What goes side by side is through within so long, or goes alone. */
const MOST_MS = 15_000
/** One more would still be through within so long: below `MOST_MS`, so that the number does not go to and fro. */
const GROW_MS = 12_000
/** First, progress only tells what the sockets buffer. */
const SETTLE_MS = 1000
/** How long progress is measured. */
const WINDOW_MS = 2000
/** After a longer silence the machine slept, or the network was gone: nothing that tells of the line's speed. */
const SILENCE_MS = 5000
/** Where fewer transfers are no faster, there are as many as before for so long. */
const REST_MS = 300_000

/** Why a transfer ends that the line has no room for: it takes its turn again. */
export const CUT = new Error('Too many transfers for the line')

interface Transfer {
  readonly startedAt: number
  bytes: number
  sent: number
  /** `sent` when the window opened. */
  from: number
  readonly cut: AbortController
}

/**
 * Only slow lines are measured: on others there is always a transfer that starts, and with it the measuring begins anew.
 */
export class Line {
  /** It grows by fractions. */
  #slots = Number.POSITIVE_INFINITY
  /** The oldest first. */
  readonly #transfers = new Set<Transfer>()
  #settledAt = 0
  #heardAt = 0
  #openedAt = 0
  /** What it was before there were fewer. */
  #before: { count: number; transferMs: number } | undefined
  #rest: Lifetime | undefined

  /** @param gotFaster told when more may start before one ends */
  constructor(private readonly gotFaster: () => void) {}

  /** Transfers at a time. At least 1. */
  get slots(): number {
    return Math.floor(this.#slots)
  }

  /** A transfer starts. Returns whom to tell how it goes; `cut` tells that it has to end. */
  start() {
    const startedAt = performance.now()
    const cut = new AbortController()
    const transfer: Transfer = { startedAt, bytes: Number.POSITIVE_INFINITY, sent: 0, from: 0, cut }
    this.#transfers.add(transfer)
    this.#settle()
    return {
      cut: cut.signal,
      sent: (sent: number, bytes: number) => {
        Object.assign(transfer, { sent, bytes })
        this.#heard()
      },
      succeeded: () => {
        const count = this.#transfers.size
        const withOneMoreMs = ((performance.now() - startedAt) * (count + 1)) / count
        if (withOneMoreMs <= GROW_MS) this.#slots += 1 / this.#slots
      },
      ended: () => void this.#transfers.delete(transfer),
    }
  }

  #settle(ms = SETTLE_MS): void {
    this.#settledAt = Math.max(this.#settledAt, performance.now() + ms)
  }

  #heard(): void {
    const now = performance.now()
    if (now < this.#settledAt) return
    const isFirst = this.#heardAt < this.#settledAt || now - this.#heardAt > SILENCE_MS
    this.#heardAt = now
    if (!isFirst && now - this.#openedAt < WINDOW_MS) return
    if (!isFirst) this.#judge(now - this.#openedAt)
    this.#openedAt = now
    for (const transfer of this.#transfers) transfer.from = transfer.sent
  }

  #judge(windowMs: number): void {
    // One that has not begun fills a buffer, and of one that has left nobody knows how far it is.
    const measured = [...this.#transfers].filter(({ from, sent, bytes }) => from > 0 && sent < bytes)
    const sent = sum(measured.map((transfer) => transfer.sent - transfer.from))
    if (sent === 0) return
    const count = this.#transfers.size
    const transferMs = (windowMs * sum(measured.map(({ bytes }) => bytes))) / sent
    const before = this.#before
    this.#before = undefined
    // On a shared line each would be faster as there are fewer.
    if (before && transferMs > (before.transferMs * (1 + count / before.count)) / 2) {
      this.#slots = before.count
      this.#rest = new Lifetime(REST_MS)
      this.gotFaster()
      return
    }
    const slots = Math.max(1, Math.floor((count * MOST_MS) / transferMs))
    if (slots >= count || this.#rest?.isOver === false) return
    this.#before = { count, transferMs }
    this.#slots = slots
    const cut = [...this.#transfers].filter((transfer) => transfer.sent < transfer.bytes).slice(slots)
    // What they have put into buffers still uses the line.
    const onePerMs = sent / windowMs / measured.length
    const bufferedMs = cut.map(
      (transfer) => transfer.sent / onePerMs - (performance.now() - transfer.startedAt),
    )
    this.#settle(SETTLE_MS + Math.max(0, ...bufferedMs))
    for (const transfer of cut) transfer.cut.abort(CUT)
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

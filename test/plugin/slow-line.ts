// A page's line to S3, step by step on a fake clock: how fast it is, and what sockets buffer before it.
import { setMaxListeners } from 'node:events'
import { vi } from 'vitest'
import { Scheduler } from '../../plugin/src/transfer/scheduler.js'

export const MIB = 1024 ** 2
export const STEP_MS = 50
/** Preflight, and again the answer. */
const LATENCY_MS = 100

export interface SlowLine {
  /** Bytes a second, of all connections together; it may change. */
  rate(seconds: number): number
  /** Bytes a second of each. @default all of it */
  ofEach?: number
  /** Bytes that each connection's sockets take before the line. The browser calls them sent. */
  buffer: number
}

interface Connection {
  size: number
  /** What has gone over the line. */
  sent: number
  /** What the browser has given away. */
  taken: number
  /** When it begins or, once all is sent, when S3 answers. */
  at: number
  isCut: boolean
  progress(bytes: number): void
  answered(): void
}

export interface Run {
  seconds: number
  /** At each moment: what a reload would lose. */
  lost: { at: number; bytes: number; active: number }[]
  /** Transfers that had to take their turn again. */
  cut: number
}

/**
 * Sends files in parts of `partSize`.
 *
 * @param isMeasured Whether the page hears of progress; without it, it does not slow down.
 */
export async function sendOver(
  line: SlowLine,
  files: number[],
  partSize: number,
  { isMeasured = true, during = (_seconds: number, _scheduler: Scheduler) => {} } = {},
): Promise<Run> {
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  const scheduler = new Scheduler(6)
  const connections = new Set<Connection>()
  const run: Run = { seconds: 0, lost: [], cut: 0 }
  const { signal } = new AbortController()
  setMaxListeners(0, signal)
  const sendPart = (file: object, size: number) =>
    scheduler.run(
      file,
      signal,
      (_url, onLine) =>
        new Promise<void>((answered, reject) => {
          const progress = (bytes: number) => isMeasured && onLine.sent(bytes, size)
          const at = performance.now() + LATENCY_MS
          const connection = { size, sent: 0, taken: 0, at, isCut: false, progress, answered }
          connections.add(connection)
          onLine.cut.addEventListener('abort', () => {
            connection.isCut = true
            run.cut++
            reject(onLine.cut.reason)
          })
        }),
    )
  let left = 0
  for (const size of files) {
    const file = {}
    for (let from = 0; from < size; from += partSize) {
      left++
      void sendPart(file, Math.min(partSize, size - from)).then(() => left--)
    }
  }
  while (left > 0) {
    await settle()
    during(seconds(), scheduler)
    vi.advanceTimersByTime(STEP_MS)
    step(line, connections, seconds())
    const open = [...connections].filter(({ isCut }) => !isCut)
    const bytes = open.reduce((sum, { sent }) => sum + sent, 0)
    run.lost.push({ at: seconds(), bytes, active: open.length })
    await settle()
  }
  run.seconds = seconds()
  return run
}

function step(
  { rate, ofEach = Number.POSITIVE_INFINITY, buffer }: SlowLine,
  all: Set<Connection>,
  at: number,
): void {
  const now = performance.now()
  // What is in buffers goes over the line, even if nobody wants it any more.
  const sending = [...all].filter((one) => one.at <= now && one.sent < (one.isCut ? one.taken : one.size))
  const share = (Math.min(ofEach, rate(at) / sending.length) * STEP_MS) / 1000
  for (const one of sending) {
    one.sent = Math.min(one.isCut ? one.taken : one.size, one.sent + share)
    if (one.isCut) continue
    const taken = Math.min(one.size, one.sent + buffer)
    const isNew = taken > one.taken
    one.taken = taken
    if (one.sent === one.size) one.at = now + LATENCY_MS
    if (isNew) one.progress(taken)
  }
  for (const one of all) {
    const isOver = one.isCut ? one.sent >= one.taken : one.sent === one.size && one.at <= now
    if (!isOver) continue
    all.delete(one)
    one.answered()
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await undefined
}

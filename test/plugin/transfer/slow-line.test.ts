// What a reload loses, on lines of all speeds, and what it costs to lose no more.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Scheduler } from '../../../plugin/src/transfer/scheduler.js'
import { Line } from '../../../plugin/src/transfer/slow-line.js'
import { planParts } from '../../../server/core/src/rules/plan-parts.js'
import { MIB, type Run, type SlowLine, STEP_MS, sendOver } from '../slow-line.js'

const PART = 5 * MIB
const MOST_SECONDS = 15

const mib = (amount: number) => () => amount * MIB
const mostLost = ({ lost }: Run, from = 0) =>
  Math.max(...lost.filter(({ at }) => at >= from).map(({ bytes }) => bytes))
const activeAt = ({ lost }: Run, seconds: number) => lost.find(({ at }) => at >= seconds)?.active

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date'] }))
afterEach(() => void vi.useRealTimers())

/** In all, and for each connection, in MiB/s. */
const lines: [number, number?][] = [[0.25], [0.5], [1], [8], [100], [1.8, 0.3]]
const cases = lines.flatMap(([rate, ofEach]) =>
  [0.0625, 1, 4].flatMap((buffer) => [20, 45, 500].map((size) => ({ rate, ofEach, buffer, size }))),
)

describe('a reload at any moment', () => {
  it.each(cases)(
    'loses seconds of $size MiB at $rate MiB/s, $ofEach each, behind $buffer MiB',
    async ({ rate, ofEach, buffer, size }) => {
      const line: SlowLine = {
        rate: mib(rate),
        buffer: buffer * MIB,
        ...(ofEach && { ofEach: ofEach * MIB }),
      }
      const { partSize } = planParts(size * MIB, { connections: 6 })
      const run = await sendOver(line, [size * MIB], partSize)
      const unmeasured = await sendOver(line, [size * MIB], partSize, { isMeasured: false })

      // Where each connection is slow, a part takes its time, and fewer at a time would only take longer.
      const seconds = Math.max(MOST_SECONDS, ofEach ? partSize / MIB / ofEach : 0)
      expect(mostLost(run)).toBeLessThanOrEqual(Math.max(seconds * rate * MIB, partSize))
      // What a cut one had put into buffers goes over the line in vain.
      const bufferedSeconds = (run.cut * Math.min(buffer * MIB, partSize)) / (rate * MIB)
      // To try whether fewer are as fast takes some seconds, and longer while buffers tell nothing.
      const tried = ofEach && run.cut > 0 ? 10 + buffer / ofEach : 0
      expect(run.seconds).toBeLessThanOrEqual(unmeasured.seconds / 0.9 + bufferedSeconds + tried)
    },
  )
})

describe('the number of transfers', () => {
  it('follows a line that becomes slower, and faster again', async () => {
    const rate = (seconds: number) => (seconds > 20 && seconds < 200 ? 0.25 * MIB : 8 * MIB)
    const run = await sendOver({ rate, buffer: 0.25 * MIB }, [700 * MIB], PART)
    expect(activeAt(run, 20)).toBe(6)
    // What had gone fast is not thrown away.
    expect(activeAt(run, 60)).toBe(1)
    expect(mostLost(run, 60)).toBeLessThanOrEqual(mostLost(run, 0))
    expect(activeAt(run, 215)).toBe(6)
  })

  it('is the same after a silence, which tells nothing of the line', async () => {
    const rate = (seconds: number) => (seconds > 4 && seconds < 13 ? 0 : 8 * MIB)
    const run = await sendOver({ rate, buffer: 0.25 * MIB }, [200 * MIB], 16 * MIB)
    expect(run.cut).toBe(0)
  })

  it('grows again after a while where each connection is slow, though one transfer takes long', async () => {
    const rate = (seconds: number) => (seconds > 5 && seconds < 25 ? 0.25 * MIB : 3.6 * MIB)
    const line = { rate, ofEach: 0.6 * MIB, buffer: 0.25 * MIB }
    const run = await sendOver(line, [700 * MIB], PART)
    expect(activeAt(run, 100)).toBe(1)
    expect(activeAt(run, 420)).toBe(6)
  })

  it('is that of the line for all files together', async () => {
    const run = await sendOver({ rate: mib(0.25), buffer: 0.25 * MIB }, [20 * MIB, 20 * MIB], PART)
    expect(mostLost(run)).toBeLessThanOrEqual(PART)
  })

  it('does not go to and fro where the line has just room for one more', async () => {
    const rate = (seconds: number) => (1.02 + 0.06 * Math.sin(seconds / 3)) * MIB
    const run = await sendOver({ rate, buffer: 0.25 * MIB }, [300 * MIB], PART)
    expect(run.cut).toBeLessThanOrEqual(4)
  })

  it('neither keeps small files waiting nor takes them for parts', async () => {
    const { signal } = new AbortController()
    const waited: number[] = []
    const during = (seconds: number, scheduler: Scheduler) => {
      if (seconds < waited.length / 2) return
      const small = {}
      const isThrough = scheduler.reserveForSmall(small)
      const startedAt = performance.now()
      void scheduler.run(small, signal, async () => {
        waited.push(performance.now() - startedAt)
        isThrough()
      })
    }
    const run = await sendOver({ rate: mib(0.25), buffer: 0.25 * MIB }, [20 * MIB], PART, { during })
    expect(Math.max(...waited.slice(20))).toBeLessThanOrEqual(STEP_MS)
    expect(mostLost(run)).toBeLessThanOrEqual(PART)
  })
})

describe('what the page hears', () => {
  /** Six transfers of 5 MiB, each of which has sent so many MiB a second for 4 s. */
  function hear(speeds: number[], sentBefore = speeds.map(() => 0)) {
    const line = new Line(() => {})
    const transfers = speeds.map(() => line.start(false))
    for (let ms = 0; ms <= 4000; ms += 100) {
      for (const [index, transfer] of transfers.entries()) {
        const sent = Math.min(PART, ((sentBefore[index] ?? 0) + ((speeds[index] ?? 0) * ms) / 1000) * MIB)
        if (sent > 0) transfer.sent(sent, PART)
      }
      vi.advanceTimersByTime(100)
    }
    return { hasRoom: line.hasRoom(7), cut: transfers.map(({ cut }) => cut.aborted) }
  }

  it('is judged by those that have begun', () => {
    expect(hear([0.4, 0.4, 0.4, 0.4, 0, 0]).hasRoom).toBe(true)
  })

  it('is judged by those that have more to send', () => {
    expect(hear([0.4, 0.4, 0.4, 0, 0, 0], [0, 0, 0, 5, 5, 5]).hasRoom).toBe(true)
  })

  it('is not judged while nothing moves', () => {
    expect(hear(Array(6).fill(0), Array(6).fill(3)).hasRoom).toBe(true)
  })

  it('ends the youngest, but none that S3 is about to have', () => {
    const { cut } = hear([0.15, 0.15, 0.15, 0.15, 0.15, 0], [0, 0, 0, 0, 0, 5])
    expect(cut).toEqual([false, false, true, true, true, false])
  })
})

import { setMaxListeners } from 'node:events'
import type { ErrorBody } from '@partway/server/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ClientError, TryFailure } from '../../../plugin/src/errors.js'
import { Batch } from '../../../plugin/src/server/batch.js'

const never = new AbortController().signal
setMaxListeners(0, never)
const final = new ClientError('network_error', { host: 'h' })
const settings = () => ({
  retry: { baseDelayMs: 1000, maxDelayMs: 8000, giveUpAfterMs: 10_000, tries: Number.POSITIVE_INFINITY },
  log: () => {},
})

let calls: { requests: number[]; answer(replies: (string | ErrorBody)[]): void; fail(error: unknown): void }[]

const createBatch = (mostItems?: () => number, othersSoon?: () => boolean) =>
  new Batch<number, string>(
    (requests) => new Promise((resolve, reject) => calls.push({ requests, answer: resolve, fail: reject })),
    settings,
    mostItems,
    othersSoon,
  )
const answerAll = (index: number) => calls[index]?.answer(calls[index].requests.map((n) => `reply ${n}`))
const settle = () => vi.advanceTimersByTimeAsync(0)
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (value) => value,
    (error) => (error instanceof ClientError || error.code === 'no' ? error.code : error.name),
  )

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  vi.spyOn(Math, 'random').mockReturnValue(1)
  calls = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('Batch', () => {
  it('sends who asks in one tick together, at once, and gives each its own reply', async () => {
    const batch = createBatch()
    const replies = [1, 2, 3].map((n) => batch.add(n, never))
    await settle()
    expect(calls.map(({ requests }) => requests)).toEqual([[1, 2, 3]])
    answerAll(0)
    await expect(Promise.all(replies)).resolves.toEqual(['reply 1', 'reply 2', 'reply 3'])
  })

  it('sends no more than 100 in a call', async () => {
    const batch = createBatch()
    for (let n = 0; n < 250; n++) void batch.add(n, never)
    await settle()
    await vi.advanceTimersByTimeAsync(100)
    expect(calls.map(({ requests }) => requests.length)).toEqual([100, 100, 50])
  })

  it('waits for others while they are expected soon, and not for long', async () => {
    let soon = true
    const batch = createBatch(undefined, () => soon)
    void batch.add(1, never)
    await vi.advanceTimersByTimeAsync(1000)
    void batch.add(2, never)
    await settle()
    expect(calls).toEqual([])
    await vi.advanceTimersByTimeAsync(1000)
    expect(calls.map(({ requests }) => requests)).toEqual([[1, 2]])
    answerAll(0)
    void batch.add(3, never)
    await settle()
    expect(calls).toHaveLength(1)
    soon = false
    void batch.add(4, never)
    await settle()
    expect(calls.map(({ requests }) => requests)).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it('does not wait any longer when no others are expected any more', async () => {
    const batch = createBatch(undefined, () => true)
    void batch.add(1, never)
    batch.flushSoon()
    void batch.add(2, never)
    await settle()
    expect(calls.map(({ requests }) => requests)).toEqual([[1, 2]])
    batch.flushSoon()
    await settle()
    expect(calls).toHaveLength(1)
  })

  it('heeds a lower bound, also one that becomes known later', async () => {
    let most = 100
    const batch = createBatch(() => most)
    for (let n = 0; n < 5; n++) void batch.add(n, never)
    most = 2
    await settle()
    expect(calls.map(({ requests }) => requests)).toEqual([[0, 1], [2, 3], [4]])
    for (let n = 5; n < 7; n++) void batch.add(n, never)
    await settle()
    expect(calls[3]?.requests).toEqual([5, 6])
  })

  it('collects while a call is under way, until it is back or 100 ms have passed', async () => {
    const batch = createBatch()
    void batch.add(1, never)
    await settle()
    void batch.add(2, never)
    void batch.add(3, never)
    await settle()
    expect(calls).toHaveLength(1)
    answerAll(0)
    await settle()
    expect(calls[1]?.requests).toEqual([2, 3])
    void batch.add(4, never)
    await vi.advanceTimersByTimeAsync(100)
    expect(calls[2]?.requests).toEqual([4])
  })

  it('repeats a failed call, and of an answered one only the items that may pass', async () => {
    const batch = createBatch()
    const outcomes = [1, 2, 3].map((n) => outcome(batch.add(n, never)))
    await settle()
    calls[0]?.fail(new TryFailure(final))
    await vi.advanceTimersByTimeAsync(1000)
    calls[1]?.answer([
      'reply 1',
      { error: 'Busy.', code: 'busy', status: 503 },
      { error: 'No.', code: 'no', status: 403 },
    ])
    await vi.advanceTimersByTimeAsync(2000)
    expect(calls[2]?.requests).toEqual([2])
    answerAll(2)
    await expect(Promise.all(outcomes)).resolves.toEqual(['reply 1', 'reply 2', 'no'])
  })

  it('waits until the last item may be tried again, and for none longer than its patience', async () => {
    const batch = createBatch()
    const outcomes = [1, 2, 3].map((n) => outcome(batch.add(n, never)))
    await settle()
    const busy = (retryAfter: number, code = 'busy') => ({ error: 'Busy.', code, status: 503, retryAfter })
    calls[0]?.answer([busy(8), busy(11, 'no'), busy(3)])
    await expect(outcomes[1]).resolves.toBe('no')
    await vi.advanceTimersByTimeAsync(7999)
    expect(calls).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(calls[1]?.requests).toEqual([1, 3])
    answerAll(1)
    await expect(Promise.all(outcomes)).resolves.toEqual(['reply 1', 'no', 'reply 3'])
  })

  it('fails all that are left when patience is over, or at once when it is useless', async () => {
    const batch = createBatch()
    const tired = outcome(batch.add(1, never))
    await settle()
    for (let seconds = 0; seconds < 30; seconds++) {
      calls.at(-1)?.fail(new TryFailure(final))
      await vi.advanceTimersByTimeAsync(1000)
    }
    await expect(tired).resolves.toBe('network_error')
    const useless = [1, 2].map((n) => outcome(batch.add(n, never)))
    await settle()
    calls.at(-1)?.fail(new ClientError('unexpected_reply', { host: 'h', status: 404 }))
    await expect(Promise.all(useless)).resolves.toEqual(['unexpected_reply', 'unexpected_reply'])
  })

  it('drops who leaves before it is sent, tells who leaves in flight what came of it', async () => {
    const batch = createBatch()
    const [early, late] = [new AbortController(), new AbortController()]
    const left = outcome(batch.add(1, early.signal))
    const told = outcome(batch.add(2, late.signal))
    early.abort()
    await expect(left).resolves.toBe('AbortError')
    await settle()
    expect(calls[0]?.requests).toEqual([2])
    late.abort()
    answerAll(0)
    await expect(told).resolves.toBe('reply 2')
  })

  it('keeps nobody who leaves in flight waiting for the next try, nor one who leaves in the wait', async () => {
    const batch = createBatch()
    const [inFlight, inWait] = [new AbortController(), new AbortController()]
    const first = outcome(batch.add(1, inFlight.signal))
    const second = outcome(batch.add(2, inWait.signal))
    const third = outcome(batch.add(3, never))
    await settle()
    inFlight.abort()
    calls[0]?.fail(new TryFailure(final))
    await expect(first).resolves.toBe('AbortError')
    inWait.abort()
    await expect(second).resolves.toBe('AbortError')
    await vi.advanceTimersByTimeAsync(1000)
    expect(calls[1]?.requests).toEqual([3])
    answerAll(1)
    await expect(third).resolves.toBe('reply 3')
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ClientError, TryFailure } from '../../../plugin/src/errors.js'
import { Health, type RetryContext, retrying } from '../../../plugin/src/transfer/retry.js'

const retry = { baseDelayMs: 1000, maxDelayMs: 8000, giveUpAfterMs: 300_000, tries: Number.POSITIVE_INFINITY }
const final = new ClientError('network_error', { host: 'h' })
let log: string[]
let tries: number[]
let stop: AbortController
let network: EventTarget

const context = (more: Partial<RetryContext> = {}): RetryContext => ({
  retry,
  signal: stop.signal,
  log: (message) => log.push(message),
  ...more,
})
/** Fails with each of `failures`, then succeeds. */
const failing = (failures: unknown[]) => async () => {
  tries.push(performance.now())
  if (failures.length > 0) throw failures.shift()
  return 'done'
}
const waits = () => tries.slice(1).map((at, index) => at - (tries[index] ?? 0))

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  vi.spyOn(Math, 'random').mockReturnValue(1)
  network = new EventTarget()
  vi.stubGlobal('addEventListener', network.addEventListener.bind(network))
  vi.stubGlobal('removeEventListener', network.removeEventListener.bind(network))
  log = []
  tries = []
  stop = new AbortController()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('retrying', () => {
  it('doubles the wait up to its bound, and says why it waits', async () => {
    const done = retrying(failing(Array(6).fill(new TryFailure(final))), context())
    await vi.advanceTimersByTimeAsync(60_000)
    await expect(done).resolves.toBe('done')
    expect(waits()).toEqual([1000, 2000, 4000, 8000, 8000, 8000])
    expect(log[0]).toBe('Next try in 1.0 s: network_error h')
  })

  it('takes a random part of the wait', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.25)
    const done = retrying(failing(Array(2).fill(new TryFailure(final))), context())
    await vi.advanceTimersByTimeAsync(60_000)
    await done
    expect(waits()).toEqual([250, 500])
  })

  it('does not try before Retry-After', async () => {
    const done = retrying(failing([new TryFailure(final, { afterMs: 20_000 })]), context())
    await vi.advanceTimersByTimeAsync(60_000)
    await done
    expect(waits()).toEqual([20_000])
  })

  it('does not wait longer than its patience: it gives up at once', async () => {
    const failure = new TryFailure(final, { afterMs: 300_001 })
    await expect(retrying(failing([failure]), context())).rejects.toBe(final)
    const patient = retrying(
      failing([failure]),
      context({ retry: { ...retry, giveUpAfterMs: Number.POSITIVE_INFINITY } }),
    )
    await vi.advanceTimersByTimeAsync(300_001)
    await expect(patient).resolves.toBe('done')
  })

  it('does not try again what will not pass', async () => {
    await expect(retrying(failing([final]), context())).rejects.toBe(final)
    expect(tries).toHaveLength(1)
  })

  it('gives up with the last reason, not before the time is over', async () => {
    const done = retrying(failing(Array(1000).fill(new TryFailure(final))), context()).catch((error) => error)
    await vi.advanceTimersByTimeAsync(600_000)
    await expect(done).resolves.toBe(final)
    expect(tries.at(-1)).toBeGreaterThanOrEqual((tries[0] ?? 0) + 300_000)
  })

  it('gives up after so many tries in a row', async () => {
    const health = new Health()
    const failures = Array(5).fill(new TryFailure(final))
    const attempt = failing(failures)
    // The third failure follows a success of something else.
    const withSuccess = async () => {
      if (tries.length === 2) health.succeeded()
      return await attempt()
    }
    const done = retrying(withSuccess, context({ retry: { ...retry, tries: 3 }, health }))
    const failed = expect(done).rejects.toBe(final)
    await vi.advanceTimersByTimeAsync(60_000)
    await failed
    expect(tries).toHaveLength(5)
  })

  it('never tries again with giveUpAfterMs 0', async () => {
    const failure = new TryFailure(final)
    await expect(
      retrying(failing([failure]), context({ retry: { ...retry, giveUpAfterMs: 0 } })),
    ).rejects.toBe(final)
  })

  it('is patient as long as something else of the file succeeds', async () => {
    const health = new Health()
    const done = retrying(failing(Array(100).fill(new TryFailure(final))), context({ health }))
    for (let minute = 0; minute < 20; minute++) {
      await vi.advanceTimersByTimeAsync(60_000)
      health.succeeded()
    }
    await expect(done).resolves.toBe('done')
  })

  it('what is tried side by side loses its patience together, in the time that it took', async () => {
    const health = new Health()
    const endless = Array(6000).fill(new TryFailure(final))
    const all = Array.from({ length: 6 }, () => retrying(failing(endless), context({ health })))
    const ends = all.map((done) => done.catch(() => performance.now()))
    await vi.advanceTimersByTimeAsync(900_000)
    for (const endedAt of await Promise.all(ends)) {
      expect(endedAt).toBeGreaterThanOrEqual(300_000)
      expect(endedAt).toBeLessThan(320_000)
    }
  })

  it('counts a try that hung, or a laptop that slept, as no more than 30 seconds', async () => {
    const hanging = async () => {
      tries.push(performance.now())
      await new Promise((resolve) => setTimeout(resolve, 3_600_000))
      throw new TryFailure(final)
    }
    void retrying(hanging, context()).catch(() => {})
    await vi.advanceTimersByTimeAsync(5 * 3_600_000)
    expect(tries.length).toBeGreaterThanOrEqual(4)
  })

  it('waits for the network, without counting, and goes on when it is back', async () => {
    const connection = { onLine: false }
    vi.stubGlobal('navigator', connection)
    const attempt = async () => {
      tries.push(performance.now())
      if (!connection.onLine) throw new TryFailure(final)
      return 'done'
    }
    const done = retrying(attempt, context())
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(log[0]).toContain('Waiting for the network')
    const before = tries.length
    connection.onLine = true
    network.dispatchEvent(new Event('online'))
    await expect(done).resolves.toBe('done')
    expect(tries).toHaveLength(before + 1)
  })

  it('tries at once when the network comes back in a wait', async () => {
    const done = retrying(failing([new TryFailure(final, { afterMs: 100_000 })]), context())
    await vi.advanceTimersByTimeAsync(100)
    network.dispatchEvent(new Event('online'))
    await expect(done).resolves.toBe('done')
  })

  it('tries at once when the reason is gone, but not forever', async () => {
    const done = retrying(failing(Array(12).fill(new TryFailure(final, { atOnce: true }))), context())
    await vi.advanceTimersByTimeAsync(0)
    expect(tries).toHaveLength(10)
    await vi.advanceTimersByTimeAsync(60_000)
    await expect(done).resolves.toBe('done')
  })

  it('stops in a wait, and before a try', async () => {
    const done = retrying(failing(Array(9).fill(new TryFailure(final))), context()).catch(
      (error) => error.name,
    )
    await vi.advanceTimersByTimeAsync(100)
    stop.abort()
    await expect(done).resolves.toBe('AbortError')
    await expect(retrying(failing([]), context())).rejects.toThrow()
    expect(tries).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('tells the user why nothing moves, if that takes a while', async () => {
    const notify = vi.fn()
    const patient = new TryFailure(final, { afterMs: 8000 })
    const done = retrying(failing([new TryFailure(final), patient]), context({ notify }))
    await vi.advanceTimersByTimeAsync(20_000)
    await done
    expect(notify.mock.calls).toEqual([['trying_again', { seconds: 8 }, final]])
  })

  it('tells the user that there is no network', async () => {
    const notify = vi.fn()
    vi.stubGlobal('navigator', { onLine: false })
    const done = retrying(failing([new TryFailure(final)]), context({ notify }))
    await vi.advanceTimersByTimeAsync(100)
    vi.stubGlobal('navigator', { onLine: true })
    network.dispatchEvent(new Event('online'))
    await done
    expect(notify.mock.calls).toEqual([['waiting_for_network', {}]])
  })
})

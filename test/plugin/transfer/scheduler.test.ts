import { setMaxListeners } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ClientError, TryFailure } from '../../../plugin/src/errors.js'
import { Scheduler } from '../../../plugin/src/transfer/scheduler.js'

const never = new AbortController().signal
setMaxListeners(0, never)

/** Tasks that end when the test says so. */
function tasks(scheduler: Scheduler) {
  const running: { name: string; end(): void; fail(): void }[] = []
  const run = (lane: object, name: string, signal = never) =>
    scheduler.run(
      lane,
      signal,
      () =>
        new Promise<string>((resolve, reject) => {
          running.push({ name, end: () => resolve(name), fail: () => reject(new Error(name)) })
        }),
    )
  const end = async (name: string) => {
    const index = running.findIndex((task) => task.name === name)
    running.splice(index, 1)[0]?.end()
    await settle()
  }
  return { running, run, end, names: () => running.map(({ name }) => name) }
}

const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await undefined
}

describe('Scheduler', () => {
  it('runs as many as there are slots, and gives each lane its turn', async () => {
    const { run, end, names } = tasks(new Scheduler(2))
    const [big, small, other] = [{}, {}, {}]
    for (const name of ['big 1', 'big 2', 'big 3', 'big 4']) void run(big, name)
    void run(small, 'small')
    void run(other, 'other 1')
    void run(other, 'other 2')
    await settle()
    expect(names()).toEqual(['big 1', 'big 2'])
    await end('big 1')
    await end('big 2')
    expect(names()).toEqual(['big 3', 'small'])
    await end('small')
    expect(names()).toEqual(['big 3', 'other 1'])
    await end('big 3')
    await end('other 1')
    expect(names()).toEqual(['big 4', 'other 2'])
  })

  it('gives a slot back when its task fails', async () => {
    const scheduler = new Scheduler(1)
    await expect(scheduler.run({}, never, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(scheduler.run({}, never, async () => 'yes')).resolves.toBe('yes')
  })

  it('lets a waiter leave', async () => {
    const { run, end, names } = tasks(new Scheduler(1))
    const leaver = new AbortController()
    void run({}, 'first')
    const left = run({}, 'left', leaver.signal).catch((error) => error.name)
    void run({}, 'last')
    await settle()
    leaver.abort()
    await expect(left).resolves.toBe('AbortError')
    await end('first')
    expect(names()).toEqual(['last'])
  })

  it.each([0, 1, 2, 3, 4, 5, 6])(
    'leaks no slot to who leaves in the moment of its turn, %i ticks in',
    async (ticks) => {
      const { run, running, names } = tasks(new Scheduler(1))
      const leaver = new AbortController()
      void run({}, 'first')
      void run({}, 'leaver', leaver.signal).catch(() => {})
      await settle()
      running.splice(0, 1)[0]?.end()
      for (let tick = 0; tick < ticks; tick++) await undefined
      leaver.abort()
      await settle()
      for (const task of running.splice(0)) task.end()
      await settle()
      void run({}, 'next')
      await settle()
      expect(names()).toEqual(['next'])
    },
  )

  it('refuses who has already left', async () => {
    await expect(new Scheduler(1).run({}, AbortSignal.abort(), async () => 1)).rejects.toThrow()
  })

  it('follows the lowest limit of who takes part', async () => {
    const scheduler = new Scheduler(6)
    expect(scheduler.limit).toBe(6)
    const leave = scheduler.join(3)
    const leaveToo = scheduler.join(10)
    expect(scheduler.limit).toBe(3)
    const { run, names } = tasks(scheduler)
    for (let n = 1; n <= 12; n++) void run({}, `${n}`)
    await settle()
    expect(names()).toHaveLength(3)
    leave()
    await settle()
    expect(names()).toHaveLength(10)
    leaveToo()
    expect(scheduler.limit).toBe(6)
  })

  it('takes fewer slots when S3 asks for it, and counts what succeeds', async () => {
    const scheduler = new Scheduler(2)
    const busy = new TryFailure(
      new ClientError('storage_unavailable', { host: 's3', status: 503 }, { status: 503 }),
    )
    await expect(scheduler.run({}, never, () => Promise.reject(busy))).rejects.toBe(busy)
    const { run, end, names } = tasks(scheduler)
    void run({}, 'first')
    void run({}, 'second')
    await settle()
    expect(names()).toEqual(['first'])
    await end('first')
    expect(names()).toEqual(['second'])
    expect(scheduler.health.successes).toBe(1)
  })

  describe('while small files are on their way', () => {
    afterEach(() => void vi.useRealTimers())

    it('leaves each of them a slot, and others one at least', async () => {
      const scheduler = new Scheduler(3)
      const { run, end, names } = tasks(scheduler)
      const [large, other, one, two] = [{}, {}, {}, {}]
      const oneIsThrough = scheduler.reserveForSmall(one)
      const twoIsThrough = scheduler.reserveForSmall(two)
      for (const name of ['large 1', 'large 2', 'large 3']) void run(large, name)
      void run(other, 'other')
      await settle()
      expect(names()).toEqual(['large 1'])
      void run(one, 'one')
      void run(two, 'two')
      await settle()
      expect(names()).toEqual(['large 1', 'one', 'two'])
      await end('large 1')
      expect(names()).toEqual(['one', 'two', 'large 2'])
      await end('one')
      expect(names()).toEqual(['two', 'large 2'])
      oneIsThrough()
      await settle()
      expect(names()).toEqual(['two', 'large 2', 'other'])
      await end('two')
      twoIsThrough()
      await settle()
      expect(names()).toEqual(['large 2', 'other', 'large 3'])
    })

    it('leaves them nothing when none of them has been sent for a while', async () => {
      vi.useFakeTimers({ toFake: ['performance'] })
      const scheduler = new Scheduler(3)
      const { run, end, names } = tasks(scheduler)
      const [large, small] = [{}, {}]
      scheduler.reserveForSmall({})
      scheduler.reserveForSmall(small)
      for (const name of ['1', '2', '3', '4', '5', '6']) void run(large, name)
      void run(small, 'small')
      await settle()
      expect(names()).toEqual(['1', 'small'])
      vi.advanceTimersByTime(4000)
      await end('small')
      vi.advanceTimersByTime(4000)
      await end('1')
      expect(names()).toEqual(['2'])
      vi.advanceTimersByTime(2000)
      await end('2')
      expect(names()).toEqual(['3', '4', '5'])
    })
  })

  describe('with several hosts', () => {
    const both = ['https://a.example/1', 'https://b.example/1']
    const lost = new TryFailure(new ClientError('network_error', { host: 's3' }))

    /** Transfers by the host that they go to, which end when the test says so. */
    function transfers(scheduler: Scheduler) {
      const running: { host: string; end(): void; fail(error: Error): void }[] = []
      const run = (urls: string[]) =>
        scheduler
          .run(
            {},
            never,
            (url) =>
              new Promise<void>((end, fail) => {
                running.push({ host: new URL(url).host, end, fail })
              }),
            urls,
          )
          .catch(() => {})
      const take = (host: string) => {
        const index = running.findIndex((transfer) => transfer.host === host)
        return running.splice(index, 1)[0]
      }
      const end = async (host: string) => {
        take(host)?.end()
        await settle()
      }
      const fail = async (host: string, error: Error = lost) => {
        take(host)?.fail(error)
        await settle()
      }
      const count = (host: string) => running.filter((transfer) => transfer.host === host).length
      return { run, end, fail, counts: () => [count('a.example'), count('b.example')] }
    }

    it('each has its own slots, and they fill evenly', async () => {
      const scheduler = new Scheduler(3)
      const { run, end, counts } = transfers(scheduler)
      for (let i = 0; i < 4; i++) void run(both)
      await settle()
      expect(counts()).toEqual([2, 2])
      for (let i = 0; i < 4; i++) void run(both)
      await settle()
      expect(counts()).toEqual([3, 3])
      await end('b.example')
      expect(counts()).toEqual([3, 3])
      expect(scheduler.slots).toBe(6)
    })

    it('who can go to one only does not keep others waiting', async () => {
      const { run, counts } = transfers(new Scheduler(1))
      void run(['https://a.example/1'])
      void run(['https://a.example/2'])
      void run(both)
      await settle()
      expect(counts()).toEqual([1, 1])
    })

    it('one that does not answer is left alone while another does, and then tried again', async () => {
      vi.useFakeTimers({ toFake: ['performance'] })
      try {
        const { run, end, fail, counts } = transfers(new Scheduler(2))
        for (let i = 0; i < 20; i++) void run(both)
        await settle()
        expect(counts()).toEqual([2, 2])
        await fail('a.example')
        await end('b.example')
        await fail('a.example')
        while ((counts()[0] ?? 0) > 0) await fail('a.example')
        await end('b.example')
        expect(counts()).toEqual([0, 2])
        vi.advanceTimersByTime(300_001)
        await end('b.example')
        expect(counts()[0]).toBeGreaterThan(0)
      } finally {
        vi.useRealTimers()
      }
    })

    it('after an outage of all, all are used again', async () => {
      const { run, end, fail, counts } = transfers(new Scheduler(2))
      for (let i = 0; i < 20; i++) void run(both)
      await settle()
      for (let i = 0; i < 2; i++) {
        await fail('a.example')
        await fail('b.example')
      }
      const [a = 0, b = 0] = counts()
      await end(a >= b ? 'a.example' : 'b.example')
      await end(a >= b ? 'a.example' : 'b.example')
      expect(Math.min(...counts())).toBeGreaterThan(0)
    })

    it('when none answers, all are tried', async () => {
      const { run, fail, counts } = transfers(new Scheduler(1))
      for (let i = 0; i < 10; i++) void run(both)
      await settle()
      for (let i = 0; i < 3; i++) {
        await fail('a.example')
        await fail('b.example')
      }
      expect(counts()).toEqual([1, 1])
    })

    it('one that is asked to slow down has fewer, and the other as many as before', async () => {
      const { run, fail, counts } = transfers(new Scheduler(4))
      for (let i = 0; i < 30; i++) void run(both)
      await settle()
      const busy = new ClientError('storage_unavailable', { host: 's3' }, { status: 503 })
      for (let i = 0; i < 4; i++) await fail('a.example', new TryFailure(busy))
      expect(counts()).toEqual([2, 4])
    })
  })
})

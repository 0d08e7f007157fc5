import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { heldLocks, withUploadLock } from '../../../plugin/src/upload/upload-lock.js'
import { FakeLocks } from '../fake-locks.js'

const never = new AbortController().signal
const settle = () => new Promise((resolve) => setImmediate(resolve))
let locks: FakeLocks
let log: string[]

/** A run that goes on until it is told to end. */
function run(name: string, { signal = never, onWait = () => log.push(`${name} waits`) } = {}) {
  let end = (_error?: Error) => {}
  const ended = new Promise<string>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve(name))
  })
  const task = () => {
    log.push(`${name} runs`)
    return ended
  }
  const done = withUploadLock('a', signal, task, onWait)
  done.catch(() => {})
  return { done, end }
}

beforeEach(() => {
  locks = new FakeLocks()
  log = []
  vi.stubGlobal('navigator', { locks })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('withUploadLock', () => {
  it('runs one after the other, and says who waits', async () => {
    const [one, two, three] = [run('one'), run('two'), run('three')]
    await settle()
    expect(log).toEqual(['one runs', 'two waits', 'three waits'])
    one.end()
    await expect(one.done).resolves.toBe('one')
    await settle()
    expect(log.slice(3)).toEqual(['two runs'])
    two.end()
    await settle()
    expect(log.slice(4)).toEqual(['three runs'])
    three.end()
    await three.done
    await settle()
    expect(locks.held).toBe(false)
  })

  it('passes an error on and lets the next one in', async () => {
    const one = run('one')
    const two = run('two')
    await settle()
    one.end(new Error('S3 is gone'))
    await expect(one.done).rejects.toThrow('S3 is gone')
    await settle()
    expect(log.at(-1)).toBe('two runs')
    const thrown = withUploadLock('b', never, () => {
      throw new Error('at once')
    })
    two.end()
    await expect(thrown).rejects.toThrow('at once')
    await settle()
    expect(locks.held).toBe(false)
  })

  it('rejects with the signal’s reason while it waits, and leaves the queue', async () => {
    const one = run('one')
    const stop = new AbortController()
    const two = run('two', { signal: stop.signal })
    await settle()
    stop.abort(new Error('paused'))
    await expect(two.done).rejects.toThrow('paused')
    expect(locks.queue).toEqual([])
    one.end()
    await one.done
    await settle()
    expect(log).toEqual(['one runs', 'two waits'])
  })

  it('starts nothing with a signal that has aborted, and holds nothing', async () => {
    const stop = new AbortController()
    stop.abort(new Error('paused'))
    await expect(run('one', { signal: stop.signal }).done).rejects.toThrow('paused')
    const late = new AbortController()
    const two = run('two', { signal: late.signal })
    late.abort(new Error('at once'))
    await expect(two.done).rejects.toThrow('at once')
    await settle()
    expect(log).toEqual([])
    expect(locks.held).toBe(false)
  })

  it('leaves it to the run to heed the signal once it has started', async () => {
    const stop = new AbortController()
    const one = run('one', { signal: stop.signal })
    await settle()
    stop.abort()
    await settle()
    expect(locks.held).toBe(true)
    one.end()
    await expect(one.done).resolves.toBe('one')
  })

  it('keeps the lock that a program steals from it from ending the run', async () => {
    const granted = vi.spyOn(locks, 'request').mockImplementation((name, _, callback) => {
      callback({ name })
      return Promise.reject(new DOMException('Lock broken by another request', 'AbortError'))
    })
    const one = run('one')
    await settle()
    one.end()
    await expect(one.done).resolves.toBe('one')
    expect(granted).toHaveBeenCalledOnce()
    expect(log).toEqual(['one runs'])
  })

  it.each([
    ['on an insecure origin', {}],
    ['in a browser without it', undefined],
    [
      'in a sandboxed frame',
      { locks: { request: () => Promise.reject(new DOMException('Not here.', 'SecurityError')) } },
    ],
  ])('runs at once %s', async (_, navigator) => {
    vi.stubGlobal('navigator', navigator)
    const [one, two] = [run('one'), run('two')]
    await settle()
    expect(log).toEqual(['one runs', 'two runs'])
    one.end(new Error('no'))
    two.end()
    await expect(one.done).rejects.toThrow('no')
    await expect(two.done).resolves.toBe('two')
  })

  it('asks again and again, because a page in the back/forward cache only then gives its lock up', async () => {
    const timeouts: AbortController[] = []
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      expect(ms).toBe(5000)
      timeouts.push(new AbortController())
      return (timeouts.at(-1) as AbortController).signal
    })
    const request = vi.spyOn(locks, 'request')
    const one = run('one')
    const two = run('two')
    await settle()
    for (const asked of [1, 2, 3]) {
      expect(timeouts).toHaveLength(asked)
      expect(locks.queue).toHaveLength(1)
      timeouts.at(-1)?.abort()
      await settle()
    }
    expect(request).toHaveBeenCalledTimes(2 + 4)
    one.end()
    two.end()
    await expect(two.done).resolves.toBe('two')
    expect(log).toEqual(['one runs', 'two waits', 'two runs'])
  })

  it('runs when the lock turns out to be unavailable only after a wait', async () => {
    vi.spyOn(locks, 'request').mockImplementation(async (_, { ifAvailable }, callback) => {
      if (!ifAvailable) throw new DOMException('The document is not fully active.', 'InvalidStateError')
      return callback(null)
    })
    const one = run('one')
    one.end()
    await expect(one.done).resolves.toBe('one')
    expect(log).toEqual(['one waits', 'one runs'])
  })
})

describe('heldLocks', () => {
  it('names what is held by the plugin in this browser', async () => {
    const one = run('one')
    void locks.request('another program', {}, () => one.done)
    await settle()
    expect(await heldLocks()).toEqual(new Set(['a']))
    one.end()
    await one.done
  })

  it.each([undefined, {}, { locks: { query: () => Promise.reject(new DOMException('Not here.')) } }])(
    'is empty where the browser does not tell',
    async (navigator) => {
      vi.stubGlobal('navigator', navigator)
      expect(await heldLocks()).toEqual(new Set())
    },
  )
})

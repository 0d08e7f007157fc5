// Files on drives that fail for a while, or do not answer.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readWhole } from '../../../plugin/src/transfer/read-blob.js'

const text = '0123456789'
let stop: AbortController
let hangs: boolean[]
/** What each read of the blob brings, one after the other: some bytes, or a failure, or nothing yet. */
let reads: (string | Error | Promise<string>)[]
/** From where the blob was read. */
let starts: number[]
let left: boolean

function open(start = 0): Blob {
  const blob = new Blob([text.slice(start)])
  blob.slice = (from = 0) => open(start + from)
  blob.stream = () => {
    starts.push(start)
    return new ReadableStream({
      async pull(controller) {
        const next = await reads.shift()
        if (next instanceof Error) controller.error(next)
        else if (next) controller.enqueue(new TextEncoder().encode(next))
        else controller.close()
      },
      cancel() {
        left = true
      },
    })
  }
  return blob
}

const read = async () => {
  const bytes = await readWhole(open(), stop.signal, (isHanging) => hangs.push(isHanging))
  return new TextDecoder().decode(bytes)
}
const failure = () => new TypeError('network error')
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  stop = new AbortController()
  hangs = []
  starts = []
  left = false
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a read that fails', () => {
  it('is not believed at once, and goes on from where it was', async () => {
    reads = ['0123', failure(), failure(), '456789']
    const whole = read()
    await pass(300)
    expect(await whole).toBe(text)
    expect(starts).toEqual([0, 4, 4])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is believed after some seconds in which none succeeded', async () => {
    reads = ['0', failure(), failure(), '123', ...Array.from({ length: 99 }, failure)]
    const whole = expect(read()).rejects.toMatchObject({ name: 'NotReadableError' })
    await pass(300 + 4900)
    expect(reads.length).toBeGreaterThan(90)
    await pass(100)
    await whole
    expect(starts).toEqual([0, 1, 1, 4, 4, 4, 4, 4, 4])
  })

  it('by an end that comes too early is one, too, as of a file that is cut short', async () => {
    reads = ['01234']
    const whole = expect(read()).rejects.toMatchObject({ name: 'NotReadableError' })
    await pass(5000)
    await whole
  })

  it('is not believed as long as there is no network: the drive may be there', async () => {
    vi.stubGlobal('navigator', { onLine: false })
    reads = Array.from({ length: 999 }, failure)
    const whole = read()
    await pass(3_600_000)
    vi.stubGlobal('navigator', { onLine: true })
    reads = [text]
    await pass(5000)
    expect(await whole).toBe(text)
  })

  it('is not tried again once it is stopped', async () => {
    reads = [failure(), text]
    const whole = expect(read()).rejects.toBe('paused')
    await pass(50)
    stop.abort('paused')
    await whole
    expect(reads).toEqual([text])
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a read that hangs', () => {
  it('is told, and that it goes on', async () => {
    let come = (_: string) => {}
    reads = ['0123', new Promise((resolve) => (come = resolve)), '89']
    const whole = read()
    await pass(4900)
    expect(hangs).toEqual([])
    await pass(100)
    expect(hangs).toEqual([true])
    await pass(3_600_000)
    come('4567')
    expect(await whole).toBe(text)
    expect(hangs).toEqual([true, false])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends when it is stopped', async () => {
    reads = [new Promise(() => {})]
    const whole = expect(read()).rejects.toBe('paused')
    await pass(5000)
    stop.abort('paused')
    await whole
    expect(hangs).toEqual([true, false])
    expect(left).toBe(true)
  })
})

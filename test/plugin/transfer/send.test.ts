import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseRetryAfter } from '../../../plugin/src/transfer/retry-after.js'
import { send, type Transfer } from '../../../plugin/src/transfer/send.js'
import { FakeRequest } from '../fake-request.js'

let request: FakeRequest
let stop: AbortController

const begin = (more: Partial<Transfer> = {}) => {
  const body = new Blob(['x'.repeat(8192)])
  return send({
    method: 'PUT',
    url: 'https://s3.test/k',
    body,
    size: body.size,
    signal: stop.signal,
    stallTimeoutMs: 30_000,
    ...more,
  })
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  stop = new AbortController()
  vi.stubGlobal(
    'XMLHttpRequest',
    class extends FakeRequest {
      constructor() {
        super((sent) => {
          request = sent
        })
      }
    },
  )
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('send', () => {
  it('answers with status, S3’s code and Retry-After', async () => {
    const answer = begin()
    request.respond(503, '<?xml?><Error><Code>SlowDown</Code></Error>', 'Retry-After: 7\r\n')
    await expect(answer).resolves.toEqual({
      status: 503,
      stalled: false,
      storageCode: 'SlowDown',
      retryAfterMs: 7000,
    })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('has no upload listener unless progress is asked for', async () => {
    void begin()
    expect(request.upload.onprogress).toBeNull()
    const seen: number[] = []
    void begin({ onProgress: (bytes) => seen.push(bytes) })
    // A form is longer than the file in it.
    request.progress(5000, 10_000)
    request.progress(10_000, 10_000)
    expect(seen).toEqual([4096, 8192])
  })

  it('aborts with the signal, and not before the request has ended', async () => {
    const answer = begin()
    stop.abort()
    expect(request.underWay).toBe(false)
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    await expect(begin()).rejects.toMatchObject({ name: 'AbortError' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends what moves nothing for the stall timeout, counted from the last progress', async () => {
    const answer = begin({ onProgress: () => {} })
    await vi.advanceTimersByTimeAsync(29_000)
    request.progress(10)
    await vi.advanceTimersByTimeAsync(29_000)
    expect(request.underWay).toBe(true)
    await vi.advanceTimersByTimeAsync(2000)
    await expect(answer).resolves.toMatchObject({ status: 0, stalled: true })
  })

  it('without progress, allows for 8 KiB a second', async () => {
    const answer = begin({ size: 80 * 1024 })
    await vi.advanceTimersByTimeAsync(39_000)
    expect(request.underWay).toBe(true)
    await vi.advanceTimersByTimeAsync(2000)
    await expect(answer).resolves.toMatchObject({ stalled: true })
  })

  it('gives a proxy that has taken everything time to pass it on', async () => {
    const answer = begin({ size: 100 * 1024 ** 2, onProgress: () => {} })
    request.progress(1, 1)
    await vi.advanceTimersByTimeAsync(129_000)
    request.respond(200)
    await expect(answer).resolves.toMatchObject({ status: 200 })
  })
})

describe('parseRetryAfter', () => {
  it.each([
    ['120', 120_000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', 0],
    ['', 0],
    [null, 0],
  ])('%s is %s ms', (value, ms) => {
    vi.setSystemTime(new Date('2026-01-01T00:00:00Z'))
    expect(parseRetryAfter(value)).toBe(ms)
  })
})

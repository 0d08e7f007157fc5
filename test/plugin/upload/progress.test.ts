import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Progress } from '../../../plugin/src/upload/progress.js'

let reports: number[]
let progress: Progress

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  reports = []
  progress = new Progress(100, (bytes) => reports.push(bytes))
})
afterEach(() => {
  vi.useRealTimers()
})

it('adds up what has arrived and what is on its way', () => {
  progress.start(20)
  progress.sending(3, 10)
  progress.sending(4, 5)
  progress.flush()
  progress.arrived(3, 20)
  progress.flush()
  progress.failed(4)
  progress.flush()
  expect(reports).toEqual([20, 35, 45, 40])
})

it('reports the newest every 100 ms, then the last', async () => {
  progress.start(0)
  for (let at = 1; at <= 35; at++) {
    progress.sending(1, at)
    await vi.advanceTimersByTimeAsync(10)
  }
  progress.arrived(1, 50)
  progress.finish()
  expect(reports).toEqual([10, 20, 30, 50])
  expect(vi.getTimerCount()).toBe(0)
})

it('tells nothing of what was not seen on its way, if S3 has all within a second', async () => {
  progress.start(0)
  await vi.advanceTimersByTimeAsync(2000)
  progress.arrived(1, 100)
  await vi.advanceTimersByTimeAsync(990)
  progress.finish()
  expect(reports).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})

it('else it tells after a second', async () => {
  progress.start(0)
  progress.arrived(1, 100)
  await vi.advanceTimersByTimeAsync(1000)
  expect(reports).toEqual([100])
})

it('never reports more than the file, nor the same twice', () => {
  progress.start(90)
  progress.sending(1, 20)
  progress.flush()
  progress.sending(1, 30)
  progress.flush()
  expect(reports).toEqual([90, 100])
})

it('starts again with what S3 has', () => {
  progress.start(0)
  progress.sending(1, 60)
  progress.flush()
  progress.start(30)
  progress.reset()
  progress.flush()
  expect(reports).toEqual([60, 30, 30])
})

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Lifetime } from '../../../plugin/src/transfer/lifetime.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('ends when its time is over', () => {
  const life = new Lifetime(1000)
  vi.advanceTimersByTime(999)
  expect(life.isOver).toBe(false)
  vi.advanceTimersByTime(1)
  expect(life.isOver).toBe(true)
})

it('ends while the machine sleeps, which some browsers’ `performance.now()` does not notice', () => {
  const life = new Lifetime(1000)
  vi.setSystemTime(Date.now() + 1000)
  expect(performance.now()).toBe(0)
  expect(life.isOver).toBe(true)
})

it('ends no later because the user sets the clock back', () => {
  const life = new Lifetime(1000)
  vi.setSystemTime(Date.now() - 3_600_000)
  vi.advanceTimersByTime(1000)
  expect(life.isOver).toBe(true)
})

it('ends when it is ended', () => {
  const life = new Lifetime(1000)
  life.end()
  expect(life.isOver).toBe(true)
})

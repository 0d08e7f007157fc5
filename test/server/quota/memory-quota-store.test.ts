// The memory store beyond the contract: its clock to the millisecond, and what it keeps.
import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { MemoryQuotaStore } from '../../../server/core/src/quota/memory-quota-store.js'
import type { QuotaLimits } from '../../../server/core/src/quota/quota-store.js'

const limits: QuotaLimits = {
  files: 2,
  bytes: undefined,
  unfinished: undefined,
  windowSeconds: 10,
  unfinishedSeconds: 10,
}
let now: number
let store: MemoryQuotaStore
const reserve = (owner = 'ada', more: Partial<QuotaLimits> = {}) =>
  store.reserve(owner, { id: randomUUID(), bytes: 1 }, { ...limits, ...more })

beforeEach(() => {
  now = 0
  store = new MemoryQuotaStore(() => now)
})

test('each file counts for exactly the window from its own creation', async () => {
  const refused = (retryAfterSeconds: number) => ({ limit: 'files', retryAfterSeconds })
  expect(await reserve()).toBeUndefined()
  now = 6000
  expect(await reserve()).toBeUndefined()
  expect(await reserve()).toEqual(refused(4))
  now = 8999
  expect(await reserve()).toEqual(refused(2))
  now = 9999
  expect(await reserve()).toEqual(refused(1))
  now = 10_000
  expect(await reserve()).toBeUndefined()
  expect(await reserve()).toEqual(refused(6))
  now = 16_000
  expect(await reserve()).toBeUndefined()
  expect(await reserve()).toEqual(refused(4))
})

test('a clock that is set back does not keep a file for longer than its time', async () => {
  now = 5000
  expect(await reserve()).toBeUndefined()
  now = 0
  expect(await reserve()).toBeUndefined()
  now = 10_000
  expect(await reserve()).toBeUndefined()
  expect(await reserve()).toEqual({ limit: 'files', retryAfterSeconds: 5 })
})

test('owners whose files have all expired are forgotten', async () => {
  for (let index = 0; index < 1000; index++) await reserve(`owner ${index}`)
  expect(store.size).toBe(1000)
  now = 10_000
  await reserve('another')
  expect(store.size).toBe(1)
})

test('owners who are refused at once are not remembered', async () => {
  await reserve('ada', { bytes: 0 })
  expect(store.size).toBe(0)
})

test('100,000 files of one owner expire at once', async () => {
  const since = process.cpuUsage()
  for (let index = 0; index < 100_000; index++) await reserve('ada', { files: 100_000 })
  now = 10_000
  expect(await reserve('ada', { files: 1 })).toBeUndefined()
  expect(await reserve('ada', { files: 1 })).toEqual({ limit: 'files', retryAfterSeconds: 10 })
  const { user, system } = process.cpuUsage(since)
  // In microseconds, whatever a busy machine gives to others. If each looked at all others, it would be minutes.
  expect(user + system).toBeLessThan(5_000_000)
})

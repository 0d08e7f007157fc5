import { setMaxListeners } from 'node:events'
import { expect, it } from 'vitest'
import { Scheduler } from '../../../plugin/src/transfer/scheduler.js'
import { Admission } from '../../../plugin/src/upload/admission.js'

const MiB = 1024 ** 2
/** Its bytes are not asked for. */
const fileOf = (size: number) => ({ data: { size } as Blob, record: undefined })
const whole = () => false
const never = new AbortController().signal
setMaxListeners(0, never)

function crowd(admission: Admission) {
  const inside: { size: number; leave(): void }[] = []
  const enter = (size: number, signal = never) =>
    admission.run(
      fileOf(size),
      signal,
      () => new Promise<void>((resolve) => inside.push({ size, leave: resolve })),
    )
  return { inside, enter }
}

const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await undefined
}

it('lets small files in many at a time, and again when half have left', async () => {
  const { inside, enter } = crowd(new Admission(new Scheduler(6), whole))
  for (let n = 0; n < 500; n++) void enter(10)
  await settle()
  const first = inside.length
  expect(first).toBeGreaterThan(50)
  expect(first).toBeLessThanOrEqual(100)
  for (const { leave } of inside.splice(0, first - 51)) leave()
  await settle()
  expect(inside).toHaveLength(51)
  inside.shift()?.leave()
  await settle()
  expect(inside).toHaveLength(150)
})

it('counts the bytes of small files, too', async () => {
  const { inside, enter } = crowd(new Admission(new Scheduler(6), whole))
  for (let n = 0; n < 100; n++) void enter(4 * MiB)
  await settle()
  expect(inside.length).toBeLessThanOrEqual(16)
})

it('lets in as many large files as slots and two ahead, and small ones past them', async () => {
  const { inside, enter } = crowd(new Admission(new Scheduler(6), whole))
  for (let n = 0; n < 20; n++) void enter(100 * MiB)
  void enter(10)
  await settle()
  expect(inside.filter(({ size }) => size > 10)).toHaveLength(8)
  expect(inside.filter(({ size }) => size === 10)).toHaveLength(1)
  inside.shift()?.leave()
  await settle()
  expect(inside.filter(({ size }) => size > 10)).toHaveLength(8)
})

it('lets in twice as many small files in parts as there are slots, half of them at once, past all others', async () => {
  const isTiny = ({ data }: { data: Blob }) => data.size === 1
  const gone: boolean[] = []
  const admission = new Admission(new Scheduler(6), isTiny, (inParts) => gone.push(inParts))
  const { inside, enter } = crowd(admission)
  for (let n = 0; n < 20; n++) void enter(100 * MiB)
  for (let n = 0; n < 200; n++) void enter(10)
  for (let n = 0; n < 30; n++) void enter(1)
  await settle()
  const tiny = () => inside.filter(({ size }) => size === 1)
  const leave = () => inside.splice(inside.indexOf(tiny()[0] as (typeof inside)[number]), 1)[0]?.leave()
  leave()
  await settle()
  expect(tiny()).toHaveLength(12)
  for (let n = 0; n < 5; n++) leave()
  await settle()
  expect(tiny()).toHaveLength(7)
  leave()
  await settle()
  expect(tiny()).toHaveLength(12)
  expect([true, false].map((inParts) => admission.hasSmallFiles(inParts))).toEqual([true, true])
  while (tiny().length > 0) {
    leave()
    await settle()
  }
  expect(gone).toEqual([true])
  expect([true, false].map((inParts) => admission.hasSmallFiles(inParts))).toEqual([false, true])
})

it('lets a waiter leave, and makes room when a task fails', async () => {
  const admission = new Admission(new Scheduler(1), whole)
  const { inside, enter } = crowd(admission)
  for (let n = 0; n < 3; n++) void enter(100 * MiB)
  const leaver = new AbortController()
  const left = enter(100 * MiB, leaver.signal).catch((error) => error.name)
  const failing = admission.run(fileOf(100 * MiB), never, () => Promise.reject(new Error('no')))
  leaver.abort()
  await expect(left).resolves.toBe('AbortError')
  inside.shift()?.leave()
  await expect(failing).rejects.toThrow('no')
  await settle()
  expect(inside).toHaveLength(2)
})

import { setMaxListeners } from 'node:events'
import { expect, it } from 'vitest'
import { Admission } from '../../plugin/src/admission.js'
import { Scheduler } from '../../plugin/src/scheduler.js'

const MiB = 1024 ** 2
/** Its bytes are not asked for. */
const fileOf = (size: number) => ({ data: { size } as Blob })
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
  const { inside, enter } = crowd(new Admission(new Scheduler(6)))
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
  const { inside, enter } = crowd(new Admission(new Scheduler(6)))
  for (let n = 0; n < 100; n++) void enter(4 * MiB)
  await settle()
  expect(inside.length).toBeLessThanOrEqual(16)
})

it('lets in as many large files as slots and two ahead, and small ones past them', async () => {
  const { inside, enter } = crowd(new Admission(new Scheduler(6)))
  for (let n = 0; n < 20; n++) void enter(100 * MiB)
  void enter(10)
  await settle()
  expect(inside.filter(({ size }) => size > 10)).toHaveLength(8)
  expect(inside.filter(({ size }) => size === 10)).toHaveLength(1)
  inside.shift()?.leave()
  await settle()
  expect(inside.filter(({ size }) => size > 10)).toHaveLength(8)
})

it('lets a waiter leave, and makes room when a task fails', async () => {
  const admission = new Admission(new Scheduler(1))
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

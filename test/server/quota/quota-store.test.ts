// The contract of a quota store, the same for all.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { QuotaLimits, QuotaRefusal } from '../../../server/core/src/quota/quota-store.js'
import { backends, type OpenBackend } from './quota-backends.js'

const TIB = 1024 ** 4
const bounds = (limits: Partial<QuotaLimits>): QuotaLimits => ({
  files: undefined,
  bytes: undefined,
  unfinished: undefined,
  windowSeconds: 60,
  unfinishedSeconds: 600,
  ...limits,
})
/** A whole second may pass between a reservation and its refusal on a slow machine. */
const about = (limit: QuotaRefusal['limit'], seconds: number) => ({
  limit,
  retryAfterSeconds: expect.toBeOneOf([seconds, seconds - 1]),
})
const never = (limit: QuotaRefusal['limit']) => ({ limit, retryAfterSeconds: undefined })

for (const { name, missing, open } of backends) {
  describe.skipIf(missing)(name, () => {
    let backend: OpenBackend
    let owner: string

    beforeAll(async () => {
      backend = await open()
    })
    afterAll(async () => {
      await backend?.close()
    })
    beforeEach(() => {
      owner = randomUUID()
    })

    const reserve = (bytes: number, limits: Partial<QuotaLimits>, id: string = randomUUID()) =>
      backend.store.reserve(owner, { id, bytes }, bounds(limits))
    const finish = (id: string, bytes: number) => backend.store.finish(owner, { id, bytes })
    const release = (id: string) => backend.store.release(owner, id)

    test('files: as many as the limit', async () => {
      const limits = { files: 2 }
      expect(await reserve(1, limits)).toBeUndefined()
      expect(await reserve(1, limits)).toBeUndefined()
      expect(await reserve(1, limits)).toEqual(about('files', 60))
      expect(await reserve(1, { files: 0 })).toEqual(never('files'))
    })

    test('bytes: as many as the limit, and never more than it has in all', async () => {
      const limits = { bytes: 100 }
      expect(await reserve(101, limits)).toEqual(never('bytes'))
      expect(await reserve(60, limits)).toBeUndefined()
      expect(await reserve(41, limits)).toEqual(about('bytes', 60))
      expect(await reserve(40, limits)).toBeUndefined()
      expect(await reserve(1, limits)).toEqual(about('bytes', 60))
      expect(await reserve(101, limits)).toEqual(never('bytes'))
    })

    test('unfinished: as many as the limit, until one is finished or released', async () => {
      const limits = { unfinished: 2 }
      const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()]
      expect(await reserve(1, limits, first)).toBeUndefined()
      expect(await reserve(1, limits, second)).toBeUndefined()
      expect(await reserve(1, limits, third)).toEqual(never('unfinished'))
      await finish(first, 1)
      expect(await reserve(1, limits, third)).toBeUndefined()
      expect(await reserve(1, limits)).toEqual(never('unfinished'))
      await release(second)
      expect(await reserve(1, limits)).toBeUndefined()
      expect(await reserve(1, limits)).toEqual(never('unfinished'))
    })

    test('usage: what counts now', async () => {
      const usage = () => backend.store.usage(owner)
      expect(await usage()).toEqual({ files: 0, bytes: 0, unfinished: 0 })
      const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()]
      for (const id of [first, second, third]) await reserve(2 * TIB, { bytes: 100 * TIB }, id)
      expect(await usage()).toEqual({ files: 3, bytes: 6 * TIB, unfinished: 3 })
      await finish(first, 1)
      await release(second)
      expect(await usage()).toEqual({ files: 2, bytes: 2 * TIB + 1, unfinished: 1 })
      await release(third)
      expect(await usage()).toEqual({ files: 1, bytes: 1, unfinished: 0 })
    })

    test('a refusal by one limit takes nothing from the others', async () => {
      const limits = { files: 2, bytes: 100, unfinished: 2 }
      expect(await reserve(60, limits)).toBeUndefined()
      expect(await reserve(60, limits)).toEqual(about('bytes', 60))
      expect(await reserve(40, limits)).toBeUndefined()
    })

    test('of several limits, the one is told that lasts longest', async () => {
      expect(await reserve(10, { windowSeconds: 100 })).toBeUndefined()
      expect(await reserve(10, { windowSeconds: 200 })).toBeUndefined()
      expect(await reserve(10, { files: 2, bytes: 20 })).toEqual(about('files', 100))
      expect(await reserve(11, { files: 2, bytes: 20 })).toEqual(about('bytes', 200))
      expect(await reserve(10, { files: 1, bytes: 20 })).toEqual(about('files', 200))
      expect(await reserve(10, { files: 1, bytes: 20, unfinished: 2 })).toEqual(never('unfinished'))
      expect(await reserve(21, { files: 1, bytes: 20, unfinished: 2 })).toEqual(never('bytes'))
    })

    test('files leave the window one by one', async () => {
      const limits = { files: 2 }
      expect(await reserve(1, { ...limits, windowSeconds: 60 })).toBeUndefined()
      expect(await reserve(1, { ...limits, windowSeconds: 1 })).toBeUndefined()
      expect(await reserve(1, limits)).toEqual({ limit: 'files', retryAfterSeconds: 1 })
      const id = randomUUID()
      await backend.succeedsAfter(1, () => reserve(1, limits, id))
      expect(await reserve(1, limits)).toMatchObject({ limit: 'files' })
    })

    test('bytes leave the window with their file', async () => {
      const limits = { bytes: 100 }
      expect(await reserve(60, { ...limits, windowSeconds: 1 })).toBeUndefined()
      expect(await reserve(30, { ...limits, windowSeconds: 60 })).toBeUndefined()
      const id = randomUUID()
      await backend.succeedsAfter(1, () => reserve(70, limits, id))
      expect(await reserve(1, limits)).toMatchObject({ limit: 'bytes' })
    })

    test('beyond 1,000 files, the wait is a bound from below', async () => {
      const reserveMany = (count: number, windowSeconds: number) =>
        Promise.all(Array.from({ length: count }, () => reserve(1, { windowSeconds })))
      await reserveMany(900, 100)
      await reserveMany(600, 200)
      await reserveMany(500, 300)
      expect(await reserve(900, { bytes: 2000 })).toEqual(about('bytes', 100))
      expect(await reserve(901, { bytes: 2000 })).toEqual(about('bytes', 200))
      expect(await reserve(2000, { bytes: 2000 })).toEqual(about('bytes', 200))
      expect(await reserve(1, { files: 1 })).toEqual(about('files', 300))
    })

    test('what nobody finishes stops to be unfinished, and counts in the window until it is released', async () => {
      const limits = { files: 2, unfinished: 1 }
      const left = randomUUID()
      expect(await reserve(1, { ...limits, unfinishedSeconds: 1 }, left)).toBeUndefined()
      const id = randomUUID()
      await backend.succeedsAfter(1, () => reserve(1, limits, id))
      await finish(id, 1)
      expect(await reserve(1, limits)).toMatchObject({ limit: 'files' })
      await release(left)
      expect(await reserve(1, limits)).toBeUndefined()
      expect(await reserve(1, { files: 2 })).toMatchObject({ limit: 'files' })
    })

    test('what is unfinished for longer than the window can be finished and released', async () => {
      const limits = { files: 1, unfinished: 3, windowSeconds: 1 }
      const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()]
      expect(await reserve(1, limits, first)).toBeUndefined()
      await backend.succeedsAfter(1, () => reserve(1, limits, second))
      await backend.succeedsAfter(1, () => reserve(1, { ...limits, windowSeconds: 60 }, third))
      expect(await reserve(1, { unfinished: 3 })).toEqual(never('unfinished'))
      await release(first)
      await finish(second, 1)
      expect(await reserve(1, { unfinished: 2, files: 2 })).toBeUndefined()
      expect(await reserve(1, { unfinished: 2 })).toEqual(never('unfinished'))
    })

    test('200 reservations at once take 20 of 20 files', async () => {
      const outcomes = await Promise.all(Array.from({ length: 200 }, () => reserve(1, { files: 20 })))
      expect(outcomes.filter((refusal) => refusal === undefined)).toHaveLength(20)
      expect(outcomes.filter((refusal) => refusal?.limit === 'files')).toHaveLength(180)
    })

    test('reserving an id twice counts it once, also when nothing is left', async () => {
      const limits = { files: 2, bytes: 100, unfinished: 2 }
      const id = randomUUID()
      expect(await reserve(60, limits, id)).toBeUndefined()
      expect(await reserve(60, limits, id)).toBeUndefined()
      expect(await reserve(40, limits)).toBeUndefined()
      expect(await reserve(999, limits, id)).toBeUndefined()
      await finish(id, 60)
      expect(await reserve(60, limits, id)).toBeUndefined()
      expect(await reserve(0, { unfinished: 2 })).toBeUndefined()
    })

    test('finishing corrects the bytes, and twice changes nothing', async () => {
      const limits = { bytes: 100 }
      const [grown, shrunk] = [randomUUID(), randomUUID()]
      expect(await reserve(0, limits, grown)).toBeUndefined()
      expect(await reserve(90, limits, shrunk)).toBeUndefined()
      await finish(grown, 30)
      await finish(grown, 30)
      expect(await reserve(1, limits)).toEqual(about('bytes', 60))
      await finish(shrunk, 50)
      await finish(shrunk, 50)
      expect(await reserve(21, limits)).toEqual(about('bytes', 60))
      expect(await reserve(20, limits)).toBeUndefined()
    })

    test('finishing what is unknown or released counts nothing', async () => {
      const limits = { files: 1, bytes: 100, unfinished: 1 }
      const id = randomUUID()
      await finish(id, 100)
      expect(await reserve(0, limits, id)).toBeUndefined()
      await release(id)
      await finish(id, 100)
      expect(await reserve(100, limits)).toBeUndefined()
    })

    test('releasing twice, or what is unknown, gives back once or nothing', async () => {
      const limits = { files: 2, bytes: 100, unfinished: 2 }
      const id = randomUUID()
      expect(await reserve(50, limits, id)).toBeUndefined()
      expect(await reserve(50, limits)).toBeUndefined()
      await release(randomUUID())
      expect(await reserve(0, limits)).toMatchObject({ limit: 'unfinished' })
      await Promise.all([release(id), release(id)])
      await release(id)
      expect(await reserve(50, limits)).toBeUndefined()
      expect(await reserve(0, { files: 2 })).toEqual(about('files', 60))
      expect(await reserve(1, { bytes: 100 })).toEqual(about('bytes', 60))
    })

    test('what is finished counts until it is released, which gives its file and its bytes back once', async () => {
      const limits = { files: 2, bytes: 100 }
      const id = randomUUID()
      expect(await reserve(10, limits, id)).toBeUndefined()
      expect(await reserve(40, limits)).toBeUndefined()
      await finish(id, 60)
      expect(await reserve(0, limits)).toEqual(about('files', 60))
      expect(await reserve(1, { bytes: 100 })).toEqual(about('bytes', 60))
      await Promise.all([release(id), release(id)])
      await release(id)
      expect(await backend.store.usage(owner)).toEqual({ files: 1, bytes: 40, unfinished: 1 })
      expect(await reserve(60, limits)).toBeUndefined()
    })

    test('owners do not collide, whatever their names', async () => {
      const names = ['', 'a', '{a}', '{', '}', '{}', 'a:b', 'a:window', '*', ' ', '\0', 'ä', 'a\u0308', '🦀']
      const all = [...names, 'x'.repeat(128)].map((name) => owner + name)
      const reserveFor = (name: string) =>
        backend.store.reserve(name, { id: randomUUID(), bytes: 1 }, bounds({ files: 1 }))
      for (const name of all) expect(await reserveFor(name), name).toBeUndefined()
      for (const name of all) expect(await reserveFor(name), name).toMatchObject({ limit: 'files' })
    })

    test('thousands of the largest files add up to the byte', async () => {
      const limits = { bytes: 3000 * 48 * TIB, unfinishedSeconds: 60 }
      const ids = Array.from({ length: 3000 }, () => randomUUID())
      const outcomes = await Promise.all(ids.map((id) => reserve(48 * TIB, limits, id)))
      expect(outcomes.every((refusal) => refusal === undefined)).toBe(true)
      expect(await reserve(48 * TIB, limits)).toMatchObject({ limit: 'bytes' })
      await Promise.all(ids.map(release))
      expect(await reserve(1, { bytes: 1 })).toBeUndefined()
      expect(await reserve(1, { bytes: 1 })).toMatchObject({ limit: 'bytes' })
    })
  })
}

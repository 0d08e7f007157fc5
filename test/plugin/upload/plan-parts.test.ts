import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allParts, missingParts, partBytes, partRange } from '../../../plugin/src/upload/plan-parts.js'
import {
  countParts,
  GIB,
  MAX_OBJECT_SIZE,
  MIB,
  partLength,
  planParts,
} from '../../../server/core/src/rules/plan-parts.js'

const TiB = 1024 ** 4

describe('partRange', () => {
  it('cuts a file into its bytes, without gap or overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 100 }), (size, partSize) => {
        const plan = { size, partSize, partCount: Math.ceil(size / partSize) }
        let at = 0
        for (const partNumber of allParts(plan)) {
          const { start, end } = partRange(plan, partNumber)
          expect(start).toBe(at)
          expect(end).toBeGreaterThan(start)
          expect(partBytes(plan, partNumber)).toBe(end - start)
          at = end
        }
        expect(at).toBe(size)
      }),
    )
  })

  it('agrees with the server on every part, to the byte, up to the largest object of S3', () => {
    const sizes = fc.oneof(
      fc.constantFrom(
        MAX_OBJECT_SIZE,
        MAX_OBJECT_SIZE - 1,
        48 * TiB,
        5 * TiB,
        5 * GIB + 1,
        320_000 * MIB + 1,
      ),
      fc.integer({ min: 1, max: MAX_OBJECT_SIZE }),
    )
    fc.assert(
      fc.property(sizes, fc.integer({ min: 5 * MIB, max: 5 * GIB }), fc.nat(), (size, preferred, n) => {
        const planned = planParts(size, { partSize: preferred, connections: 6 })
        const plan = { ...planned, partCount: countParts(planned) }
        for (const partNumber of [1, 1 + (n % plan.partCount), plan.partCount]) {
          const { start, end } = partRange(plan, partNumber)
          expect([start, end].every(Number.isSafeInteger)).toBe(true)
          expect(end - start).toBe(partLength(planned, partNumber))
          if (partNumber > 1) expect(partRange(plan, partNumber - 1).end).toBe(start)
        }
        expect(partRange(plan, plan.partCount).end).toBe(size)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('missingParts', () => {
  const plan = { size: 12, partSize: 5, partCount: 3 }
  it.each([
    ['all of a new upload', [], [1, 2, 3]],
    ['none', [5, 5, 2], []],
    ['the last, if it has the size of the others', [5, 5, 5], [3]],
    ['those with another size', [4, 6, 2], [1, 2]],
  ])('are %s', (_, sizes, missing) => {
    expect(
      missingParts(
        plan,
        sizes.map((size, index) => ({ partNumber: index + 1, size })),
      ),
    ).toEqual(missing)
  })

  it('of 10,000 parts are exactly those that are not there', () => {
    const size = MAX_OBJECT_SIZE - 1
    const huge = { size, partSize: 5 * GIB, partCount: 10_000 }
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 10_000 })), (gone) => {
        const kept = allParts(huge).filter((partNumber) => !gone.includes(partNumber))
        const stored = kept.map((partNumber) => ({ partNumber, size: partBytes(huge, partNumber) }))
        const missing = missingParts(huge, stored)
        expect(missing).toEqual(gone.toSorted((a, b) => a - b))
        const bytes = (parts: number[]) => parts.reduce((sum, part) => sum + partBytes(huge, part), 0)
        expect(bytes(missing) + bytes(kept)).toBe(size)
      }),
      { numRuns: 20 },
    )
  })

  it('do not care for parts beyond the plan', () => {
    expect(missingParts(plan, [{ partNumber: 4, size: 5 }])).toEqual([1, 2, 3])
  })
})

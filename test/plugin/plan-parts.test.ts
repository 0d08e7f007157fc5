import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allParts, missingParts, partBytes, partRange } from '../../plugin/src/plan-parts.js'

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

  it('is exact for the largest object of S3', () => {
    const plan = { size: 48 * TiB, partSize: 48 * TiB * 1e-4 + 1, partCount: 10_000 }
    expect(partRange(plan, 10_000).end).toBe(48 * TiB)
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

  it('do not care for parts beyond the plan', () => {
    expect(missingParts(plan, [{ partNumber: 4, size: 5 }])).toEqual([1, 2, 3])
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  countParts,
  GIB,
  MAX_OBJECT_SIZE,
  MAX_PART_SIZE,
  MIB,
  partLength,
  planParts,
} from '../../../server/src/rules/plan-parts.js'

test.each([
  [1, 8 * MIB, 8 * MIB, 1],
  [8 * MIB, 8 * MIB, 8 * MIB, 1],
  [8 * MIB + 1, 8 * MIB, 8 * MIB, 2],
  [8000 * MIB, 8 * MIB, 8 * MIB, 1000],
  [8000 * MIB + 1, 8 * MIB, 9 * MIB, 889],
  [40 * GIB, 8 * MIB, 32 * MIB, 1280],
  [40 * GIB, 64 * MIB, 64 * MIB, 640],
  [320_000 * MIB, 8 * MIB, 32 * MIB, 10_000],
  [320_000 * MIB + 1, 8 * MIB, 33 * MIB, 9697],
  [400_000 * MIB, 40 * MIB, 40 * MIB, 10_000],
  [5 * 1024 * GIB, 8 * MIB, 525 * MIB, 9987],
  [MAX_OBJECT_SIZE, 5 * MIB, MAX_PART_SIZE, 10_000],
])('%d bytes in parts of %d: %d bytes each, %d parts', (size, preferred, partSize, partCount) => {
  const plan = planParts(size, preferred)
  expect(plan).toEqual({ size, partSize })
  expect(countParts(plan)).toBe(partCount)
})

test('parts add up to the file, within the bounds of S3', () => {
  const sizes = fc.maxSafeNat().map((n) => 1 + (n % MAX_OBJECT_SIZE))
  fc.assert(
    fc.property(sizes, fc.integer({ min: 5 * MIB, max: MAX_PART_SIZE }), (size, preferred) => {
      const plan = planParts(size, preferred)
      const count = countParts(plan)
      const last = partLength(plan, count)
      expect(count).toBeLessThanOrEqual(10_000)
      expect(plan.partSize).toBeGreaterThanOrEqual(preferred)
      expect(plan.partSize).toBeLessThanOrEqual(MAX_PART_SIZE)
      expect(last).toBeGreaterThan(0)
      expect((count - 1) * plan.partSize + last).toBe(size)
    }),
  )
})

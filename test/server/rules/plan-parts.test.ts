import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  countParts,
  GIB,
  goesInParts,
  MAX_OBJECT_SIZE,
  MAX_PART_SIZE,
  MIB,
  MIN_PART_SIZE,
  partLength,
  planParts,
} from '../../../server/core/src/rules/plan-parts.js'

test.each([
  [0, 0, false],
  [1, 0, true],
  [0, 5, false],
  [5, 5, false],
  [6, 5, true],
])('%d bytes at a threshold of %d go in parts: %s', (size, multipartThreshold, expected) => {
  expect(goesInParts(size, { multipartThreshold })).toBe(expected)
})

test.each([
  [1, 8 * MIB, 8 * MIB, 1],
  [8 * MIB, 8 * MIB, 8 * MIB, 1],
  [8 * MIB + 1, 8 * MIB, 8 * MIB, 2],
  [8000 * MIB, 8 * MIB, 8 * MIB, 1000],
  // Not grown to whole MiB either.
  [1000 * (5 * MIB + 4), 5 * MIB + 4, 5 * MIB + 4, 1000],
  [8000 * MIB + 1, 8 * MIB, 9 * MIB, 889],
  [40 * GIB, 8 * MIB, 32 * MIB, 1280],
  [40 * GIB, 64 * MIB, 64 * MIB, 640],
  [320_000 * MIB, 8 * MIB, 32 * MIB, 10_000],
  [320_000 * MIB + 1, 8 * MIB, 33 * MIB, 9697],
  [400_000 * MIB, 40 * MIB, 40 * MIB, 10_000],
  [5 * 1024 * GIB, 8 * MIB, 525 * MIB, 9987],
  [MAX_OBJECT_SIZE, 5 * MIB, MAX_PART_SIZE, 10_000],
])('%d bytes in parts of %d: %d bytes each, %d parts', (size, preferred, partSize, partCount) => {
  const plan = planParts(size, { partSize: preferred, connections: 6 })
  expect(plan).toEqual({ size, partSize })
  expect(countParts(plan)).toBe(partCount)
})

test.each([
  [1, 6, 5 * MIB, 1],
  [9 * MIB, 6, 5 * MIB, 2],
  [29 * MIB, 6, 5 * MIB, 6],
  [48 * MIB, 6, 8 * MIB, 6],
  [70 * MIB, 6, Math.ceil((70 * MIB) / 6), 6],
  [72 * MIB, 6, 6 * MIB, 12],
  [256 * MIB, 6, Math.ceil((256 * MIB) / 30), 30],
  [512 * MIB, 6, Math.ceil((512 * MIB) / 66), 66],
  [7968 * MIB, 6, 8 * MIB, 996],
  [8000 * MIB, 6, 8 * MIB, 1000],
  [8000 * MIB + 1, 6, 9 * MIB, 889],
  [40 * GIB, 6, 32 * MIB, 1280],
  [64 * MIB, 24, 5 * MIB, 13],
  [256 * MIB, 18, Math.ceil((256 * MIB) / 36), 36],
  [256 * MIB, 24, Math.ceil((256 * MIB) / 24), 24],
  [40 * GIB, 24, 32 * MIB, 1280],
])(
  '%d bytes in parts that keep %d connections busy: %d bytes each, %d parts',
  (size, connections, partSize, partCount) => {
    const plan = planParts(size, { connections })
    expect(plan).toEqual({ size, partSize })
    expect(countParts(plan)).toBe(partCount)
  },
)

/** At and around every size at which the rule for the part size changes, and all between. */
function sizesFor(preferred: number): fc.Arbitrary<number> {
  const turns = [1, preferred, 5 * GIB, 5 * 1024 * GIB, MAX_OBJECT_SIZE]
  for (const parts of [1000, 10_000]) turns.push(parts * preferred, parts * 32 * MIB)
  const near = fc.tuple(fc.constantFrom(...turns), fc.integer({ min: -2, max: 2 })).map(([at, by]) => at + by)
  const grown = fc.tuple(fc.integer({ min: 1, max: 5120 }), fc.constantFrom(-1, 0, 1))
  return fc
    .oneof(
      near,
      grown.map(([mebibytes, by]) => mebibytes * MIB * 10_000 + by),
      fc.integer({ min: 1, max: MAX_OBJECT_SIZE }),
      fc.integer({ min: 1, max: 100 * GIB }),
    )
    .map((size) => Math.min(Math.max(size, 1), MAX_OBJECT_SIZE))
}
const preferredSizes = fc.oneof(
  fc.constantFrom(MIN_PART_SIZE, 8 * MIB, 32 * MIB, 33 * MIB, MAX_PART_SIZE),
  fc.integer({ min: MIN_PART_SIZE, max: MAX_PART_SIZE }),
)

test('parts add up to the file, within the bounds of S3', () => {
  const orNone = fc.option(preferredSizes, { nil: undefined })
  const cases = orNone.chain((preferred) => fc.tuple(sizesFor(preferred ?? 8 * MIB), fc.constant(preferred)))
  const hosts = fc.integer({ min: 1, max: 8 })
  fc.assert(
    fc.property(cases, hosts, ([size, preferred], hostCount) => {
      const connections = 6 * hostCount
      const plan = planParts(size, { partSize: preferred, connections })
      const count = countParts(plan)
      const last = partLength(plan, count)
      expect(count).toBeLessThanOrEqual(10_000)
      expect(plan.partSize).toBeGreaterThanOrEqual(preferred ?? MIN_PART_SIZE)
      expect(plan.partSize).toBeLessThanOrEqual(MAX_PART_SIZE)
      expect(partLength(plan, 1)).toBe(Math.min(plan.partSize, size))
      expect(last).toBeGreaterThan(0)
      expect(last).toBeLessThanOrEqual(plan.partSize)
      expect((count - 1) * plan.partSize + last).toBe(size)
    }),
    { numRuns: 2000 },
  )
})

test('a larger file never has smaller parts', () => {
  const cases = preferredSizes.chain((preferred) =>
    fc.tuple(sizesFor(preferred), sizesFor(preferred), fc.constant(preferred)),
  )
  fc.assert(
    fc.property(cases, ([one, other, preferred]) => {
      const [smaller, larger] = [Math.min(one, other), Math.max(one, other)]
      const rules = { partSize: preferred, connections: 6 }
      expect(planParts(smaller, rules).partSize).toBeLessThanOrEqual(planParts(larger, rules).partSize)
    }),
    { numRuns: 2000 },
  )
})

test('parts grow no further than they have to', () => {
  const cases = preferredSizes.chain((preferred) => fc.tuple(sizesFor(preferred), fc.constant(preferred)))
  fc.assert(
    fc.property(cases, ([size, preferred]) => {
      const { partSize } = planParts(size, { partSize: preferred, connections: 6 })
      if (partSize === preferred) return
      const smaller = partSize - MIB
      const tooMany = partSize > 32 * MIB ? 10_000 : 1000
      expect(Math.ceil(size / Math.max(smaller, preferred))).toBeGreaterThan(tooMany)
    }),
    { numRuns: 2000 },
  )
})

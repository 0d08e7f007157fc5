import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countParts, GIB, MIB, type PartPlan, partLength } from '../../../server/src/rules/plan-parts.js'
import { recoverPlan } from '../../../server/src/rules/recover-plan.js'

const part = (partNumber: number, size: number) => ({ partNumber, size, etag: '"e"' })
const partsOf = (plan: PartPlan, numbers: number[]) =>
  numbers.map((number) => part(number, partLength(plan, number)))
const size = 100 * MIB

test('is the plan that the parts were made with, or none: never another', () => {
  const cases = fc
    .record({
      partSize: fc.integer({ min: 5 * MIB, max: 64 * MIB }),
      size: fc.integer({ min: 1, max: 640 * MIB }),
    })
    .chain((plan) =>
      fc.record({
        plan: fc.constant(plan),
        stored: fc.subarray(
          Array.from({ length: countParts(plan) }, (_, index) => index + 1),
          { minLength: 1 },
        ),
      }),
    )
  fc.assert(
    fc.property(cases, ({ plan, stored }) => {
      const recovered = recoverPlan(plan.size, partsOf(plan, stored))
      const isOnePart = countParts(plan) === 1
      if (stored.length > 1) expect(recovered).toEqual(plan)
      // Whatever the part size was: the whole file is the one part.
      else if (isOnePart) expect(recovered && countParts(recovered)).toBe(1)
      else expect([undefined, plan.partSize]).toContain(recovered?.partSize)
    }),
    { numRuns: 2000 },
  )
})

test.each<[string, number[]]>([
  ['the first part alone', [1]],
  ['the last two', [12, 13]],
  ['a part in the middle and the last', [7, 13]],
  ['all', Array.from({ length: 13 }, (_, index) => index + 1)],
])('%s of 13 is enough', (_, numbers) => {
  const plan = { size, partSize: 8 * MIB }
  expect(recoverPlan(size, partsOf(plan, numbers))).toEqual(plan)
})

test('the last part alone is enough where it is shorter than a part can be', () => {
  expect(recoverPlan(size, [part(13, 4 * MIB)])).toEqual({ size, partSize: 8 * MIB })
})

test('a file of one part', () => {
  expect(recoverPlan(7, [part(1, 7)])).toEqual({ size: 7, partSize: 7 })
})

describe('no plan', () => {
  test.each([
    ['nothing stored', size, []],
    // Parts of 8 MiB, or one of 92 MiB and a last one of 8.
    ['a part that two plans fit', size, [part(2, 8 * MIB)]],
    ['parts of different sizes', size, [part(1, 8 * MIB), part(2, 9 * MIB)]],
    ['a last part of the wrong size', size, [part(1, 8 * MIB), part(13, 5 * MIB)]],
    ['a part beyond the end', size, [part(1, 8 * MIB), part(14, 8 * MIB)]],
    ['parts under 5 MiB', size, [part(1, 4 * MIB), part(2, 4 * MIB)]],
    ['parts over 5 GiB', 20 * GIB, [part(1, 6 * GIB), part(2, 6 * GIB)]],
    ['over 10,000 parts', 10_001 * 5 * MIB, [part(1, 5 * MIB), part(2, 5 * MIB)]],
    ['a file of one part, larger than the file', 7, [part(1, 8)]],
  ])('%s', (_, fileSize, stored) => {
    expect(recoverPlan(fileSize, stored)).toBeUndefined()
  })
})

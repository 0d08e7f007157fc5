// The plan that an upload was begun with, from what S3 holds of it: the host's part size may be another one by now.
import { MAX_PARTS, type StoredPart } from '../protocol.js'
import { countParts, MAX_PART_SIZE, MIN_PART_SIZE, type PartPlan, partLength } from './plan-parts.js'

/**
 * The only plan that all stored parts fit. Any other one would put right bytes in wrong places.
 *
 * @param size bytes of the whole file
 * @param stored at least one part, in the order of their numbers
 * @returns `undefined`: no plan fits, or more than one does
 */
export function recoverPlan(size: number, stored: readonly StoredPart[]): PartPlan | undefined {
  const plans = possiblePartSizes(size, stored).map((partSize) => ({ size, partSize }))
  const fitting = plans.filter((plan) => isPossible(plan) && stored.every((part) => fits(part, plan)))
  return fitting.length === 1 ? fitting[0] : undefined
}

function possiblePartSizes(size: number, [first, second]: readonly StoredPart[]): number[] {
  if (!first) return []
  // All parts but the last are of the part size, and the first of two is not the last.
  if (second || first.partNumber === 1) return [first.size]
  const ifLast = (size - first.size) / (first.partNumber - 1)
  return [...new Set([first.size, ifLast])]
}

function isPossible(plan: PartPlan): boolean {
  const { partSize } = plan
  const partCount = countParts(plan)
  const isLargeEnough = partSize >= MIN_PART_SIZE || partCount === 1
  return Number.isInteger(partSize) && isLargeEnough && partSize <= MAX_PART_SIZE && partCount <= MAX_PARTS
}

function fits({ partNumber, size }: StoredPart, plan: PartPlan): boolean {
  return partNumber <= countParts(plan) && size === partLength(plan, partNumber)
}

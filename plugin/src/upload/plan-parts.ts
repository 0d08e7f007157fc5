// Maps a file's bytes to parts. Pure.
import type { PartRules } from '../server/server-config.js'

/** How a file is cut: part n holds bytes [(n-1) × partSize, min(n × partSize, size)). */
export interface PartPlan {
  size: number
  partSize: number
  partCount: number
}

/** S3's minimum. */
const MIN_PART_SIZE = 5 * 1024 ** 2
/** A file that would have more parts gets larger ones. */
const MOST_USUAL_PARTS = 1000

/**
 * Predicts how middleware of this version will cut the file, so that work can start before the server answers.
 * `undefined`: not predictable.
 */
export function predictPlan(size: number, { partSize, partsAtOnce }: PartRules): PartPlan | undefined {
  if (size > partSize * MOST_USUAL_PARTS) return undefined
  const predicted = partsAtOnce ? fillRounds(size, partSize, partsAtOnce) : partSize
  return { size, partSize: predicted, partCount: Math.ceil(size / predicted) }
}

function fillRounds(size: number, partSize: number, partsAtOnce: number): number {
  const rounds = Math.max(1, Math.round(size / partSize / partsAtOnce))
  return Math.max(MIN_PART_SIZE, Math.ceil(size / (rounds * partsAtOnce)))
}

/** A part's first byte, and the one after its last. */
export function partRange({ size, partSize }: PartPlan, partNumber: number): { start: number; end: number } {
  const start = (partNumber - 1) * partSize
  return { start, end: Math.min(start + partSize, size) }
}

/** Bytes of a part. */
export function partBytes(plan: PartPlan, partNumber: number): number {
  const { start, end } = partRange(plan, partNumber)
  return end - start
}

/** Numbers of all parts. */
export function allParts(plan: PartPlan): number[] {
  return partsFrom(1, plan.partCount, plan)
}

/** Numbers of at most `count` parts. */
export function partsFrom(first: number, count: number, { partCount }: PartPlan): number[] {
  return Array.from(
    { length: Math.max(0, Math.min(count, partCount - first + 1)) },
    (_, index) => first + index,
  )
}

/** Numbers of the parts that S3 does not hold, or holds with another size than planned. */
export function missingParts(plan: PartPlan, stored: { partNumber: number; size: number }[]): number[] {
  const sizes = new Map(stored.map(({ partNumber, size }) => [partNumber, size]))
  return allParts(plan).filter((partNumber) => sizes.get(partNumber) !== partBytes(plan, partNumber))
}

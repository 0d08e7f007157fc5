// Maps a file's bytes to parts. Pure.

/** How a file is cut: part n holds bytes [(n-1) × partSize, min(n × partSize, size)). */
export interface PartPlan {
  size: number
  partSize: number
  partCount: number
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
export function allParts({ partCount }: PartPlan): number[] {
  return Array.from({ length: partCount }, (_, index) => index + 1)
}

/** Numbers of the parts that S3 does not hold, or holds with another size than planned. */
export function missingParts(plan: PartPlan, stored: { partNumber: number; size: number }[]): number[] {
  const sizes = new Map(stored.map(({ partNumber, size }) => [partNumber, size]))
  return allParts(plan).filter((partNumber) => sizes.get(partNumber) !== partBytes(plan, partNumber))
}

// Plans how a file of known size is cut into parts.
import { MAX_PARTS } from '../protocol.js'

export const MIB = 1024 ** 2
export const GIB = 1024 ** 3

/** S3's bounds on a part (the last one may be smaller). Source: "Amazon S3 multipart upload limits". */
export const MIN_PART_SIZE = 5 * MIB
export const MAX_PART_SIZE = 5 * GIB

/** The largest object that parts can make. */
export const MAX_OBJECT_SIZE = MAX_PARTS * MAX_PART_SIZE

export interface PartPlan {
  /** Bytes of the whole file, more than 0. */
  size: number
  /** Bytes of every part but the last. */
  partSize: number
}

/** Approximate bytes of a part, unless the host sets `partSize`. */
export const USUAL_PART_SIZE = 8 * MIB
/** Above this many, parts grow: larger parts cost fewer requests, and S3 lists them on one page. */
const MANY_PARTS = 1000
/** The most that a part grows to for that: after a lost connection, its bytes are sent again. */
const LARGE_PART_SIZE = 32 * MIB

export function goesInParts(size: number, { multipartThreshold }: { multipartThreshold: number }): boolean {
  return size > 0 && size > multipartThreshold
}

/** The host's rules for cutting files. */
export interface PartRules {
  /** Bytes. Missing: chosen by the file's size. */
  partSize?: number | undefined
  /** How many connections a browser opens to S3. A last round of parts that leaves some idle loses time. */
  connections: number
}

/**
 * Plans parts of `partSize`; without it, of about 8 MiB, as many as fill whole rounds of a browser's connections. If over 1,000
 * were needed, parts grow in whole MiB to at most 32 MiB; beyond that only as far as needed for at most 10,000 parts.
 *
 * @param size bytes, 1 to {@link MAX_OBJECT_SIZE}
 */
export function planParts(size: number, { partSize, connections }: PartRules): PartPlan {
  const preferred = partSize ?? fillRounds(size, connections)
  const toNeed = (parts: number) =>
    size <= preferred * parts ? preferred : Math.ceil(size / parts / MIB) * MIB
  const economical = Math.min(toNeed(MANY_PARTS), LARGE_PART_SIZE)
  return { size, partSize: Math.max(preferred, economical, toNeed(MAX_PARTS)) }
}

function fillRounds(size: number, connections: number): number {
  const count = size / USUAL_PART_SIZE
  if (count > MANY_PARTS) return USUAL_PART_SIZE
  const rounds = Math.max(1, Math.round(count / connections))
  return Math.max(MIN_PART_SIZE, Math.ceil(size / (rounds * connections)))
}

export function countParts({ size, partSize }: PartPlan): number {
  return Math.ceil(size / partSize)
}

/** Bytes of part `partNumber`, 1 to {@link countParts}. */
export function partLength({ size, partSize }: PartPlan, partNumber: number): number {
  return Math.min(partSize, size - (partNumber - 1) * partSize)
}

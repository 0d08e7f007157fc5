// The parts of an object that came from a multipart upload: where each begins, and one of them read by its number.
import type { Checksum, ChecksumType } from '../bodies/checksums.js'
import { S3Error } from '../s3-error.js'
import { header, type S3Request } from '../s3-request.js'
import type { ObjectRecord } from '../state/records.js'

export interface ObjectPart {
  partNumber: number
  /** Bytes, from the start of the object. */
  start: number
  /** Bytes */
  size: number
  /** Its type is that of the object's checksum. */
  checksum?: Checksum & { type: ChecksumType }
}

const maxPartNumber = 10_000

/** In order; none for an object that was written in one request. */
export function partsOf({ uploadId, segments, parts, checksum }: ObjectRecord): ObjectPart[] {
  if (uploadId === undefined) return []
  let start = 0
  return segments.map(({ size }, index) => {
    const part = parts?.[index]
    const value = part?.checksum
    const placed = {
      // An older record does not name them.
      partNumber: part?.partNumber ?? index + 1,
      start,
      size,
      ...(checksum && value !== undefined && { checksum: { ...checksum, value } }),
    }
    start += size
    return placed
  })
}

/**
 * The part that GetObject or HeadObject asks for; an object without parts is its own part 1.
 * @throws S3Error InvalidPartNumber if there is no such part, InvalidRequest beside a range
 */
export function readRequestedPart(request: S3Request, object: ObjectRecord): ObjectPart | undefined {
  const text = request.query.get('partNumber')
  if (text === null) return undefined
  if (header(request, 'range') !== undefined) {
    throw new S3Error('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter')
  }
  const partNumber = readPartNumber(text)
  const parts = partsOf(object)
  const whole = { partNumber: 1, start: 0, size: object.size }
  const found = (parts.length > 0 ? parts : [whole]).find((part) => part.partNumber === partNumber)
  if (!found) throw new S3Error('InvalidPartNumber', undefined, { PartNumberRequested: text })
  return found
}

/** Digits only: S3 refuses `5abc`. */
export function readPartNumber(text: string): number {
  const partNumber = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (partNumber < 1 || partNumber > maxPartNumber) {
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
      ArgumentName: 'partNumber',
      ArgumentValue: text,
    })
  }
  return partNumber
}

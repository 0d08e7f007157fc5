// Signs more parts of an upload that was created earlier.
import { PartwayError } from '../errors.js'
import type { SignedPart } from '../protocol.js'
import { checkSize } from '../rules/limits.js'
import { countParts, MIN_PART_SIZE, partLength } from '../rules/plan-parts.js'
import type { Service } from '../service.js'
import type { MultipartTicket, OpenTicket } from '../tickets/ticket.js'

/**
 * Each URL is good for exactly the planned bytes of its part.
 *
 * @throws PartwayError `invalid_request` for a part number beyond the plan, or one that is asked for twice
 */
export async function signParts(
  { presigner }: Service,
  ticket: MultipartTicket,
  partNumbers: number[],
): Promise<SignedPart[]> {
  const partCount = countParts(ticket)
  const seen = new Set<number>()
  for (const [index, partNumber] of partNumbers.entries()) {
    const field = `parts[${index}].partNumber`
    if (partNumber > partCount) {
      throw new PartwayError('invalid_request', `${field}: this upload has ${partCount} parts only.`, {
        field,
      })
    }
    if (seen.has(partNumber)) {
      throw new PartwayError('invalid_request', `${field}: part ${partNumber} is listed twice.`, { field })
    }
    seen.add(partNumber)
  }
  const parts = partNumbers.map((partNumber) => ({
    partNumber,
    contentLength: partLength(ticket, partNumber),
  }))
  return await presigner.signParts(ticket, parts)
}

/**
 * For an upload without a plan: the URLs are good for any length.
 *
 * @throws PartwayError `file_too_large` for a part that only a file over its limit can have
 */
export async function signOpenParts(
  { presigner }: Service,
  ticket: OpenTicket,
  partNumbers: number[],
): Promise<SignedPart[]> {
  const highest = Math.max(...partNumbers)
  // All parts but the last have at least 5 MiB, and the last one 1 byte.
  if (highest > 1) checkSize((highest - 1) * MIN_PART_SIZE + 1, { ...ticket, minFileSize: 0 })
  return await presigner.signParts(
    ticket,
    partNumbers.map((partNumber) => ({ partNumber })),
  )
}

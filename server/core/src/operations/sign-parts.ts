// Signs more parts of an upload that was created earlier.
import { PartwayError } from '../errors.js'
import type { ChecksumKind, PartToSign, SignedPart } from '../protocol.js'
import { CRC64NVME, isCrc64nvme } from '../rules/checksums.js'
import { checkSize } from '../rules/limits.js'
import { countParts, MIN_PART_SIZE, partLength } from '../rules/plan-parts.js'
import type { Service } from '../service.js'
import type { MultipartTicket, OpenTicket } from '../tickets/ticket.js'

/**
 * Each URL accepts exactly the planned number of bytes and, where the upload has a checksum to be signed, only bytes with
 * that checksum.
 *
 * @throws PartwayError `invalid_request` for a part number beyond the plan, a part listed twice, and a checksum that is
 * missing, malformed or not expected
 */
export async function signParts(
  { presigner }: Service,
  ticket: MultipartTicket,
  parts: PartToSign[],
): Promise<SignedPart[]> {
  const partCount = countParts(ticket)
  const seen = new Set<number>()
  for (const [index, { partNumber, checksum }] of parts.entries()) {
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
    checkChecksum(ticket.checksum, checksum, `parts[${index}].checksum`)
  }
  const toSign = parts.map(({ partNumber, checksum }) => ({
    partNumber,
    contentLength: partLength(ticket, partNumber),
    headers: checksumHeaders(ticket.checksum, checksum),
  }))
  return await presigner.signParts(ticket, toSign)
}

function checkChecksum(kind: ChecksumKind | undefined, checksum: string | undefined, field: string): void {
  const refuse = (problem: string) => {
    throw new PartwayError('invalid_request', `${field}: ${problem}.`, { field })
  }
  if (kind !== 'crc64nvme') {
    if (checksum !== undefined) refuse('this upload has no checksum to be signed')
  } else if (checksum === undefined || !isCrc64nvme(checksum)) {
    refuse(`this upload needs the ${kind} of the part, in Base64`)
  }
}

function checksumHeaders(
  kind: ChecksumKind | undefined,
  checksum: string | undefined,
): Record<string, string> {
  return kind === 'crc64nvme' && checksum !== undefined ? { [CRC64NVME.header]: checksum } : {}
}

/**
 * Signs parts of an upload without a plan. The URLs accept any length.
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

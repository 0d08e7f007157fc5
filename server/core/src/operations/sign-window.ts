// Presigns the parts that a page sends first, in a call that it makes anyway.
import type { SignedPart, StoredPart } from '../protocol.js'
import { countParts, type PartPlan, partLength } from '../rules/plan-parts.js'
import type { Service } from '../service.js'
import type { MultipartTicket } from '../tickets/ticket.js'

/** For each connection: one part to send now, one to send next. */
const PER_CONNECTION = 2

/**
 * Presigns the first parts that S3 does not hold as planned. Returns none where a part's checksum has to be signed: the
 * page has to compute it first.
 */
export async function signWindow(
  { presigner, rules }: Service,
  ticket: MultipartTicket,
  stored: StoredPart[],
): Promise<SignedPart[]> {
  if (ticket.checksum === 'crc64nvme') return []
  const missing = firstMissing(ticket, stored, PER_CONNECTION * rules.connections)
  const toSign = missing.map((partNumber) => ({ partNumber, contentLength: partLength(ticket, partNumber) }))
  return await presigner.signParts(ticket, toSign)
}

function firstMissing(plan: PartPlan, stored: StoredPart[], most: number): number[] {
  const sizes = new Map(stored.map(({ partNumber, size }) => [partNumber, size]))
  const missing: number[] = []
  for (let number = 1; number <= countParts(plan) && missing.length < most; number++) {
    if (sizes.get(number) !== partLength(plan, number)) missing.push(number)
  }
  return missing
}

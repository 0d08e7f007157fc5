// Signs the parts that a page will send first, in a call that it makes anyway.
import type { SignedPart, StoredPart } from '../protocol.js'
import { isAdditional } from '../rules/checksums.js'
import { countParts, type PartPlan, partLength } from '../rules/plan-parts.js'
import type { Service } from '../service.js'
import type { MultipartTicket } from '../tickets/ticket.js'

/** For each connection: one to send, one to follow. */
const PER_CONNECTION = 2

/**
 * The first parts that S3 does not hold as they were planned. None where a part's checksum has to be signed: the page has to
 * compute it before.
 */
export async function signWindow(
  { presigner, rules }: Pick<Service, 'presigner' | 'rules'>,
  upload: Pick<MultipartTicket, 'bucket' | 'key' | 'uploadId' | 'size' | 'partSize' | 'checksum'>,
  stored: StoredPart[],
): Promise<SignedPart[]> {
  if (isAdditional(upload.checksum)) return []
  const missing = firstMissing(upload, stored, PER_CONNECTION * rules.connections)
  const toSign = missing.map((partNumber) => ({ partNumber, contentLength: partLength(upload, partNumber) }))
  return await presigner.signParts(upload, toSign)
}

function firstMissing(plan: PartPlan, stored: StoredPart[], most: number): number[] {
  const sizes = new Map(stored.map(({ partNumber, size }) => [partNumber, size]))
  const missing: number[] = []
  for (let number = 1; number <= countParts(plan) && missing.length < most; number++) {
    if (sizes.get(number) !== partLength(plan, number)) missing.push(number)
  }
  return missing
}

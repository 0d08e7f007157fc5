// Describes the grant for an upload in parts, new or resumed.
import type { MultipartGrant } from '../protocol.js'
import { countParts } from '../rules/plan-parts.js'
import type { ListedPart } from '../s3/s3.js'
import type { Service } from '../service.js'
import { type MultipartTicket, secondsNow } from '../tickets/ticket.js'
import { describeParts } from './list-parts.js'
import { signWindow } from './sign-window.js'

/** @param stored `'all'`: the object is complete */
export async function describeGrant(
  service: Service,
  ticket: MultipartTicket,
  stored: ListedPart[] | 'all',
): Promise<MultipartGrant> {
  const { key, partSize, checksum, issuedAt } = ticket
  const isComplete = stored === 'all'
  return {
    kind: 'multipart',
    ticket: await service.signTicket(ticket),
    key,
    owner: service.ownerMark,
    partSize,
    partCount: countParts(ticket),
    ...(checksum && { checksum }),
    ticketExpiresIn: issuedAt + service.rules.ticketExpiresInSeconds - secondsNow(),
    stored: isComplete ? [] : describeParts(ticket, stored),
    parts: isComplete ? [] : await signWindow(service, ticket, stored),
    ...(isComplete && { isComplete }),
  }
}

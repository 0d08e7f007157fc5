// Confirms small files of one call by a list of the objects created in the same call: a HEAD for each would cost a request to
// S3 and some CPU here.
import { togetherPrefix } from '../rules/upload-id.js'
import type { ObjectHead } from '../s3/s3.js'
import type { Service } from '../service.js'
import type { MultipartTicket, SingleTicket } from '../tickets/ticket.js'

/** From this many files on, a list is less work than a HEAD for each. */
const WORTH_A_LIST = 4

/** By ticket. A missing one needs a HEAD. */
export type ListedObjects = ReadonlyMap<SingleTicket | MultipartTicket, ObjectHead>

/**
 * Finds the objects whose keys hold their upload's id, so that no other upload's object can be there. Finds none where the host
 * needs more than a list shows.
 */
export async function findListed(
  { s3, needsHeads }: Service,
  tickets: (SingleTicket | MultipartTicket)[],
): Promise<ListedObjects> {
  const found = new Map<SingleTicket | MultipartTicket, ObjectHead>()
  if (needsHeads) return found
  for (const { bucket, prefix, tickets: group } of groupByPrefix(tickets)) {
    if (group.length < WORTH_A_LIST) continue
    const objects = await s3.listObjects(bucket, prefix)
    for (const ticket of group) {
      const object = objects.get(ticket.key)
      if (object) found.set(ticket, { ...object, storedAt: 0, type: '', metadata: {}, id: ticket.id })
    }
  }
  return found
}

interface Group {
  bucket: string
  prefix: string
  tickets: SingleTicket[]
}

function groupByPrefix(tickets: (SingleTicket | MultipartTicket)[]): Group[] {
  const groups = new Map<string, Group>()
  for (const ticket of tickets) {
    const { kind, bucket, key, id } = ticket
    const at = key.indexOf(id)
    if (kind !== 'single' || at === -1) continue
    const prefix = key.slice(0, at) + togetherPrefix(id)
    const name = `${bucket}/${prefix}`
    const group = groups.get(name) ?? { bucket, prefix, tickets: [] }
    group.tickets.push(ticket)
    groups.set(name, group)
  }
  return [...groups.values()]
}

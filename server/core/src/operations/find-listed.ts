// Small files of one call, confirmed by a list of what was created together with them: a HEAD each would cost S3 a request
// and this server some CPU for every one.
import { togetherPrefix } from '../rules/upload-id.js'
import type { ObjectHead } from '../s3/s3.js'
import type { Service } from '../service.js'
import type { MultipartTicket, SingleTicket } from '../tickets/ticket.js'

/** From so many on, a list is less work than a HEAD each. */
const WORTH_A_LIST = 4

/** By ticket; one that is missing has to be asked for. */
export type ListedObjects = ReadonlyMap<SingleTicket | MultipartTicket, ObjectHead>

/**
 * Finds the objects whose keys hold their upload's id, so that nobody else's can be there. It does not find what the host wants to
 * know more of than a list tells.
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

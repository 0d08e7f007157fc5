// Who is calling, and which tickets are theirs.
import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { PartwayError } from './errors.js'
import { defaultKey, findKeyFault } from './object-key.js'
import type { KeyFile } from './options.js'
import type { ResolvedOptions } from './resolve-options.js'
import { type Ticket, type TicketRules, verifyTicket } from './ticket.js'

const MAX_OWNER_BYTES = 128

export interface Session {
  owner: string
  /** @throws PartwayError `ticket_invalid`, `ticket_expired`, `ticket_not_yours` */
  openTicket(token: string): Promise<Ticket>
  /** A new upload's UUID and key. */
  nameUpload(file: KeyFile): Promise<{ id: string; key: string }>
}

/** @throws PartwayError `not_signed_in` */
export async function openSession(
  ctx: Context,
  options: ResolvedOptions,
  tickets: Pick<TicketRules, 'keys'>,
): Promise<Session> {
  const owner = await findOwner(ctx, options)
  return {
    owner,

    async openTicket(token) {
      const ticket = await verifyTicket(token, tickets)
      if (ticket.bucket !== options.bucket) {
        throw new PartwayError('ticket_invalid', 'The ticket is for another bucket. Start the upload again.')
      }
      if (ticket.owner !== owner) {
        throw new PartwayError('ticket_not_yours', 'This upload belongs to someone else.')
      }
      return ticket
    },

    async nameUpload(file) {
      const id = randomUUID()
      if (!options.key) return { id, key: defaultKey(options.keyPrefix, id, file.name) }
      const key = await options.key(ctx, file, id)
      const fault = findKeyFault(key)
      if (fault) throw new TypeError(`partway(): the key that option key returned ${fault}`)
      return { id, key }
    },
  }
}

async function findOwner(ctx: Context, options: ResolvedOptions): Promise<string> {
  if (options.owner === 'anonymous') return 'anonymous'
  const owner: unknown = await options.owner(ctx)
  // An empty string would make one owner of everyone whose id is missing.
  if (owner === undefined || owner === null || owner === '') {
    throw new PartwayError('not_signed_in', 'Sign in to upload.')
  }
  if (typeof owner !== 'string') {
    throw new TypeError(`partway(): option owner must return a string or undefined, got ${typeof owner}`)
  }
  const bytes = Buffer.byteLength(owner)
  if (bytes > MAX_OWNER_BYTES) {
    throw new TypeError(`partway(): option owner must return at most ${MAX_OWNER_BYTES} bytes, got ${bytes}`)
  }
  return owner
}

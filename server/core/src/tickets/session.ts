// Finds the owner behind a request, and opens the owner's tickets.
import { PartwayError } from '../errors.js'
import { ownerFolder } from '../journal/entry-names.js'
import type { ResolvedOptions } from '../resolve-options.js'
import { ownerPrefix } from '../rules/object-key.js'
import { digest } from './claims.js'
import type { Mount } from './mount.js'
import type { SecretKey } from './secrets.js'
import type { MultipartTicket, OpenTicket, SingleTicket } from './ticket.js'
import { verifyOpenTicket, verifyTicket } from './ticket-token.js'

const MAX_OWNER_BYTES = 128

export interface Session {
  owner: string
  /** Prefix of the default keys of the owner's uploads. */
  keyPrefix: string
  /**
   * The fields of a journal entry that describe a call, and the folder of the entry.
   *
   * @param browser as the page sent it
   */
  begin(browser: string | undefined): { folder: string; mount: string; browser?: string }
  /** @throws PartwayError `ticket_invalid`, `ticket_expired`, `ticket_not_yours`, `ticket_wrong_kind` */
  openTicket(token: string): Promise<SingleTicket | MultipartTicket>
  /** For a Companion client. @throws PartwayError as `openTicket`, and `key_mismatch` */
  openCompanionTicket(token: string, key: string): Promise<OpenTicket>
}

/** @throws PartwayError `not_signed_in` */
export async function openSession(
  ctx: unknown,
  options: Pick<ResolvedOptions, 'owner' | 'buckets' | 'keyPrefix'>,
  { keys, mount }: { keys: readonly [SecretKey, ...SecretKey[]]; mount: Mount },
): Promise<Session> {
  const owner = await findOwner(ctx, options)
  const tickets = { keys, mount: mount.id }
  // Middlewares with the same secrets can use different buckets.
  const checkBucket = <Ticket extends { bucket: string }>(ticket: Ticket): Ticket => {
    if (options.buckets.includes(ticket.bucket)) return ticket
    throw new PartwayError('ticket_invalid', 'The ticket is for another bucket. Start the upload again.')
  }
  return {
    owner,
    keyPrefix: ownerPrefix(options.keyPrefix, owner),
    begin: (browser) => {
      const told = browser === undefined ? undefined : digest(browser)
      // All anonymous users are the same owner, so each browser gets its own folder.
      const own = options.owner === 'anonymous' ? told : undefined
      const folder = ownerFolder(mount.place, mount.id, owner, own)
      return { folder, mount: mount.id, ...(told !== undefined && { browser: told }) }
    },
    openTicket: async (token) => checkBucket(await verifyTicket(token, tickets, owner)),
    openCompanionTicket: async (token, key) =>
      checkBucket(await verifyOpenTicket(token, tickets, { owner, key })),
  }
}

async function findOwner(ctx: unknown, options: Pick<ResolvedOptions, 'owner'>): Promise<string> {
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
  // UTF-8 turns all lone surrogates into one character, which would merge owners.
  if (/\p{Surrogate}/u.test(owner)) {
    throw new TypeError('partway(): option owner must return text, got a lone surrogate')
  }
  return owner
}

// The ticket: all that the server knows about an upload, signed and kept by the page (JWS, RFC 7515, HS256).
import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { PartwayError } from './errors.js'

/** Longer tickets are refused unread. */
export const MAX_TICKET_LENGTH = 4096

interface TicketBase {
  /** UUID of the upload; the object carries it as metadata `partway-id`. */
  id: string
  bucket: string
  key: string
  owner: string
  /** Content type of the object. */
  type: string
  /** Seconds since 1970. */
  issuedAt: number
}

/** A file that goes to S3 in one request. */
export interface SingleTicket extends TicketBase {
  kind: 'single'
  size: number
}

/** A file that goes in planned parts. */
export interface MultipartTicket extends TicketBase {
  kind: 'multipart'
  /** S3's upload id. */
  uploadId: string
  size: number
  partSize: number
}

/** An upload in parts by a Companion client, which tells neither size nor part size. */
export interface OpenTicket extends TicketBase {
  kind: 'open'
  uploadId: string
}

export type Ticket = SingleTicket | MultipartTicket | OpenTicket

const base = {
  jti: z.string(),
  bkt: z.string(),
  key: z.string(),
  sub: z.string(),
  typ: z.string(),
  iat: z.int(),
}
const Claims = z.discriminatedUnion('knd', [
  z.object({ ...base, knd: z.literal('s'), siz: z.int() }),
  z.object({ ...base, knd: z.literal('m'), upl: z.string(), siz: z.int(), psz: z.int() }),
  z.object({ ...base, knd: z.literal('o'), upl: z.string() }),
])
type Claims = z.infer<typeof Claims>

/** For {@link Ticket}`.issuedAt`. */
export function secondsNow(): number {
  return Math.floor(Date.now() / 1000)
}

export interface TicketRules {
  /** The first signs, all verify. */
  keys: readonly [Uint8Array, ...Uint8Array[]]
  expiresInSeconds: number
}

export async function signTicket(ticket: Ticket, { keys, expiresInSeconds }: TicketRules): Promise<string> {
  return await new SignJWT({ ...toClaims(ticket) })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(ticket.issuedAt + expiresInSeconds)
    .sign(keys[0])
}

/** @throws PartwayError `ticket_invalid`, `ticket_expired` */
export async function verifyTicket(token: string, { keys }: Pick<TicketRules, 'keys'>): Promise<Ticket> {
  if (token.length > MAX_TICKET_LENGTH) throw invalid()
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] })
      return toTicket(Claims.parse(payload))
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new PartwayError('ticket_expired', 'This upload was started too long ago. Start it again.')
      }
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw invalid(error)
    }
  }
  throw invalid()
}

function invalid(cause?: unknown): PartwayError {
  return new PartwayError('ticket_invalid', 'The ticket is not valid. Start the upload again.', { cause })
}

function toClaims(ticket: Ticket): Claims {
  const { id, bucket, key, owner, type, issuedAt } = ticket
  const common = { jti: id, bkt: bucket, key, sub: owner, typ: type, iat: issuedAt }
  switch (ticket.kind) {
    case 'single':
      return { ...common, knd: 's', siz: ticket.size }
    case 'multipart':
      return { ...common, knd: 'm', upl: ticket.uploadId, siz: ticket.size, psz: ticket.partSize }
    case 'open':
      return { ...common, knd: 'o', upl: ticket.uploadId }
  }
}

function toTicket(claims: Claims): Ticket {
  const { jti: id, bkt: bucket, key, sub: owner, typ: type, iat: issuedAt } = claims
  const common = { id, bucket, key, owner, type, issuedAt }
  switch (claims.knd) {
    case 's':
      return { ...common, kind: 'single', size: claims.siz }
    case 'm':
      return { ...common, kind: 'multipart', uploadId: claims.upl, size: claims.siz, partSize: claims.psz }
    case 'o':
      return { ...common, kind: 'open', uploadId: claims.upl }
  }
}

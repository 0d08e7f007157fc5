// The ticket: all that the server knows about an upload, signed and kept by the page (JWS, RFC 7515, HS256).
import { createHash, type webcrypto } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { PartwayError } from '../errors.js'
import type { ChecksumKind } from '../protocol.js'

/** Longer tickets are refused unread. */
export const MAX_TICKET_LENGTH = 4096

interface TicketBase {
  /** UUID of the upload; the object carries it as metadata `partway-id`. */
  id: string
  bucket: string
  key: string
  owner: string
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
  /** What its parts are sent with. */
  checksum?: ChecksumKind
  /** Whether S3 gives the MD5 of a part as its ETag. It does not where it encrypts with KMS. */
  md5Etags: boolean
}

/** An upload in parts by a Companion client, which tells neither size nor part size. */
export interface OpenTicket extends TicketBase {
  kind: 'open'
  uploadId: string
  /** Bytes of the whole, as it was allowed. */
  minFileSize: number
  maxFileSize: number
}

export type Ticket = SingleTicket | MultipartTicket | OpenTicket

// Digests keep it short, and the owner's name out of it: who presents a ticket has to know both.
const base = {
  jti: z.string(),
  bkt: z.string(),
  sub: z.string(),
  iat: z.int(),
}
const Claims = z.discriminatedUnion('knd', [
  z.object({ ...base, knd: z.literal('s'), key: z.string(), siz: z.int() }),
  z.object({
    ...base,
    knd: z.literal('m'),
    key: z.string(),
    upl: z.string(),
    siz: z.int(),
    psz: z.int(),
    chk: z.enum(['md5', 'crc32c', 'crc64nvme', 'sha256']).optional(),
    md5: z.boolean(),
  }),
  z.object({ ...base, knd: z.literal('o'), kdg: z.string(), upl: z.string(), min: z.int(), max: z.int() }),
])
type Claims = z.infer<typeof Claims>

/** For {@link Ticket}`.issuedAt`. */
export function secondsNow(): number {
  return Math.floor(Date.now() / 1000)
}

export type TicketKey = webcrypto.CryptoKey | Uint8Array

export interface TicketRules {
  /** The first signs, all verify. */
  keys: readonly [TicketKey, ...TicketKey[]]
  expiresInSeconds: number
}

export async function signTicket(ticket: Ticket, { keys, expiresInSeconds }: TicketRules): Promise<string> {
  return await new SignJWT({ ...toClaims(ticket) })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(ticket.issuedAt + expiresInSeconds)
    .sign(keys[0])
}

/**
 * An upload of known size.
 *
 * @throws PartwayError `ticket_invalid`, `ticket_expired`, `ticket_not_yours`, `ticket_wrong_kind`
 */
export async function verifyTicket(
  token: string,
  { keys }: Pick<TicketRules, 'keys'>,
  owner: string,
): Promise<SingleTicket | MultipartTicket> {
  const claims = await verifyClaims(token, keys, owner)
  const common = { id: claims.jti, bucket: claims.bkt, owner, issuedAt: claims.iat }
  switch (claims.knd) {
    case 's':
      return { ...common, kind: 'single', key: claims.key, size: claims.siz }
    case 'm': {
      const { key, upl: uploadId, siz: size, psz: partSize, chk: checksum, md5: md5Etags } = claims
      const plan = { size, partSize }
      return { ...common, kind: 'multipart', key, uploadId, ...plan, ...(checksum && { checksum }), md5Etags }
    }
    // Without a plan nothing can be held to it, so uploads of Companion clients stay on their own routes.
    case 'o':
      throw wrongKind('This upload was started by another client, without a size.', 'ticket')
  }
}

/**
 * An upload of a Companion client, which sends its key along.
 *
 * @throws PartwayError as {@link verifyTicket}, and `key_mismatch`
 */
export async function verifyOpenTicket(
  token: string,
  { keys }: Pick<TicketRules, 'keys'>,
  { owner, key }: { owner: string; key: string },
): Promise<OpenTicket> {
  const claims = await verifyClaims(token, keys, owner)
  // Its parts were planned, and the Companion routes would sign them for any length.
  if (claims.knd !== 'o') {
    throw wrongKind('This upload was started by another client, with a size.', 'uploadId')
  }
  if (digest(key) !== claims.kdg) {
    throw new PartwayError('key_mismatch', 'key is not the key of this upload.', { field: 'key' })
  }
  const { jti: id, bkt: bucket, iat: issuedAt, upl: uploadId, min: minFileSize, max: maxFileSize } = claims
  return { kind: 'open', id, bucket, key, owner, issuedAt, uploadId, minFileSize, maxFileSize }
}

async function verifyClaims(token: string, keys: TicketRules['keys'], owner: string): Promise<Claims> {
  const claims = await readClaims(token, keys)
  if (claims.sub === digest(owner)) return claims
  throw new PartwayError('ticket_not_yours', 'This upload belongs to someone else.')
}

async function readClaims(token: string, keys: TicketRules['keys']): Promise<Claims> {
  if (token.length > MAX_TICKET_LENGTH) throw invalid()
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] })
      return Claims.parse(payload)
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
  const { id, bucket, key, owner, issuedAt } = ticket
  const common = { jti: id, bkt: bucket, sub: digest(owner), iat: issuedAt }
  switch (ticket.kind) {
    case 'single':
      return { ...common, knd: 's', key, siz: ticket.size }
    case 'multipart': {
      const { uploadId, size, partSize, checksum, md5Etags } = ticket
      return {
        ...common,
        knd: 'm',
        key,
        upl: uploadId,
        siz: size,
        psz: partSize,
        chk: checksum,
        md5: md5Etags,
      }
    }
    case 'open': {
      const { uploadId, minFileSize, maxFileSize } = ticket
      // Companion clients send the key along, so that it need not be in their URLs twice.
      return { ...common, knd: 'o', kdg: digest(key), upl: uploadId, min: minFileSize, max: maxFileSize }
    }
  }
}

/** @param field that holds the ticket */
export function wrongKind(message: string, field: string): PartwayError {
  return new PartwayError('ticket_wrong_kind', message, { field })
}

/** 128 bits of SHA-256. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
}

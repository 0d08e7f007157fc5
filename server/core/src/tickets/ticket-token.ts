// The token that the page keeps: a ticket, signed (JWS, RFC 7515, HS256).
import { CompactSign, errors, jwtVerify } from 'jose'
import { PartwayError } from '../errors.js'
import { Claims, digest, toClaims } from './claims.js'
import type { SecretKey } from './secrets.js'
import type { MultipartTicket, OpenTicket, SingleTicket, Ticket } from './ticket.js'

/** Longer tickets are refused unread. */
export const MAX_TICKET_LENGTH = 4096

const OTHER_MOUNT = 'The ticket is for another mount. Start the upload again.'

export interface TicketRules {
  /** The first signs, all verify. */
  keys: readonly [SecretKey, ...SecretKey[]]
  expiresInSeconds: number
  /** The only mount where it is valid: see `identifyMount`. */
  mount: string
}

export type VerifyRules = Pick<TicketRules, 'keys' | 'mount'>

export async function signTicket(
  ticket: Ticket,
  { keys, expiresInSeconds, mount }: TicketRules,
): Promise<string> {
  // `SignJWT` clones its claims first, which is slow for the hundred tickets of a call.
  const claims = { ...toClaims(ticket), aud: mount, exp: ticket.issuedAt + expiresInSeconds }
  return await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'HS256' })
    .sign(keys[0])
}

/**
 * Verifies the ticket of an upload of known size.
 *
 * @throws PartwayError `ticket_invalid`, `ticket_expired`, `ticket_not_yours`, `ticket_wrong_kind`
 */
export async function verifyTicket(
  token: string,
  rules: VerifyRules,
  owner: string,
): Promise<SingleTicket | MultipartTicket> {
  const claims = await verifyClaims(token, rules, owner)
  const common = { ...readCommon(claims), owner }
  switch (claims.knd) {
    case 's': {
      const { key, siz: size, md5 } = claims
      return { ...common, kind: 'single', key, size, ...(md5 !== undefined && { md5 }) }
    }
    case 'm': {
      const { key, upl: uploadId, siz: size, psz: partSize, chk: checksum, md5: md5Etags, jns } = claims
      const plan = { size, partSize }
      const kinds = { ...(checksum && { checksum }), ...(jns && { joins: jns }) }
      return { ...common, kind: 'multipart', key, uploadId, ...plan, ...kinds, md5Etags }
    }
    // Without a plan there is nothing to check parts against, so uploads of Companion clients stay on their own routes.
    case 'o':
      throw wrongKind('This upload was started by another client, without a size.', 'ticket')
  }
}

/**
 * Verifies the ticket of a Companion client, which also sends the key.
 *
 * @throws PartwayError as {@link verifyTicket}, and `key_mismatch`
 */
export async function verifyOpenTicket(
  token: string,
  rules: VerifyRules,
  { owner, key }: { owner: string; key: string },
): Promise<OpenTicket> {
  const claims = await verifyClaims(token, rules, owner)
  // Its parts are planned, and the Companion routes would sign them for any length.
  if (claims.knd !== 'o') {
    throw wrongKind('This upload was started by another client, with a size.', 'uploadId')
  }
  if (digest(key) !== claims.kdg) {
    throw new PartwayError('key_mismatch', 'key is not the key of this upload.', { field: 'key' })
  }
  const { upl: uploadId, min: minFileSize, max: maxFileSize } = claims
  return { ...readCommon(claims), kind: 'open', key, owner, uploadId, minFileSize, maxFileSize }
}

function readCommon({ jti: id, bkt: bucket, iat: issuedAt, ent: [path, index, count] }: Claims) {
  return { id, bucket, issuedAt, entry: { path, index, count } }
}

async function verifyClaims(token: string, rules: VerifyRules, owner: string): Promise<Claims> {
  const claims = await readClaims(token, rules)
  if (claims.sub === digest(owner)) return claims
  throw new PartwayError('ticket_not_yours', 'This upload belongs to someone else.')
}

async function readClaims(token: string, { keys, mount }: VerifyRules): Promise<Claims> {
  if (token.length > MAX_TICKET_LENGTH) throw invalid()
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], audience: mount })
      return Claims.parse(payload)
    } catch (error) {
      if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') {
        throw new PartwayError('ticket_invalid', OTHER_MOUNT, { cause: error })
      }
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

/** @param field that holds the ticket */
export function wrongKind(message: string, field: string): PartwayError {
  return new PartwayError('ticket_wrong_kind', message, { field })
}

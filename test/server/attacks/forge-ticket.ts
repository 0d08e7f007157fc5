// Tickets as an attacker makes them: taken apart, changed, put together again (JWS compact serialization, RFC 7515).
import { createHmac, hkdfSync } from 'node:crypto'

export type Claims = Record<string, unknown>

export interface Taken {
  header: Record<string, unknown>
  claims: Claims
  signature: string
}

export function takeApart(ticket: string): Taken {
  const [header = '', claims = '', signature = ''] = ticket.split('.')
  return { header: decode(header), claims: decode(claims), signature }
}

/** @param sign the signature, in base64url, of the two parts before it */
export function seal(header: object, claims: object, sign: (input: string) => string): string {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${sign(input)}`
}

export function hmac(secret: string | Uint8Array, hash = 'sha256'): (input: string) => string {
  return (input) => createHmac(hash, secret).update(input).digest('base64url')
}

/** The key that the server derives from a secret, which it does not let out. */
export function ticketKey(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'partway ticket v1', 32))
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
}

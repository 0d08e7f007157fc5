// The host's secrets, and the ticket keys made from them.
import { hkdfSync, webcrypto } from 'node:crypto'
import { describeKind } from '../describe-misuse.js'
import type { TicketRules } from './ticket-token.js'

export const MIN_SECRET_LENGTH = 32

/**
 * One HMAC key per secret. They are derived, so that a secret that also signs cookies (Koa's `app.keys`) never
 * signs two kinds of message.
 *
 * @throws TypeError when `secrets` is not a list of strings of at least 32 characters
 */
export function deriveTicketKeys(secrets: unknown, name: string): [Uint8Array, ...Uint8Array[]] {
  if (!Array.isArray(secrets)) {
    throw new TypeError(`${name} must be a list of strings, got ${describeKind(secrets)}`)
  }
  const [first, ...others] = secrets.map((secret: unknown, index) => deriveKey(secret, `${name}[${index}]`))
  if (!first) throw new TypeError(`${name} must hold at least one secret, got an empty list`)
  return [first, ...others]
}

/** For use with many tickets: from bytes, each signature would make a key of its own, which takes longer than it. */
export async function importTicketKeys([first, ...others]: readonly [Uint8Array, ...Uint8Array[]]): Promise<
  TicketRules['keys']
> {
  return [await importKey(first), ...(await Promise.all(others.map(importKey)))]
}

function importKey(bytes: Uint8Array): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ])
}

function deriveKey(secret: unknown, name: string): Uint8Array {
  if (typeof secret !== 'string') throw new TypeError(`${name} must be a string, got ${describeKind(secret)}`)
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new TypeError(
      `${name} must have at least ${MIN_SECRET_LENGTH} characters, got ${secret.length}. ` +
        'Make one with: node -p "crypto.randomBytes(32).toString(\'base64url\')"',
    )
  }
  return new Uint8Array(hkdfSync('sha256', secret, '', 'partway ticket v1', 32))
}

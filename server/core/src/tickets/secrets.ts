// The host's secrets, and the keys derived from them: to sign tickets, and to seal the journal.
import { hkdfSync, webcrypto } from 'node:crypto'
import { describeKind } from '../describe-misuse.js'

export const MIN_SECRET_LENGTH = 32

export type SecretKey = webcrypto.CryptoKey

/** One of each per secret. The first signs and seals, all verify and open. */
export interface Keys {
  tickets: readonly [SecretKey, ...SecretKey[]]
  journal: readonly [SecretKey, ...SecretKey[]]
}

/** @throws TypeError when `secrets` is not a list of strings of at least 32 characters */
export function checkSecrets(secrets: unknown, name: string): [string, ...string[]] {
  if (!Array.isArray(secrets)) {
    throw new TypeError(`${name} must be a list of strings, got ${describeKind(secrets)}`)
  }
  const [first, ...others] = secrets.map((secret: unknown, index) => checkSecret(secret, `${name}[${index}]`))
  if (first === undefined) throw new TypeError(`${name} must hold at least one secret, got an empty list`)
  return [first, ...others]
}

/**
 * Keys are derived, so that a secret that also signs cookies (Koa's `app.keys`) never signs two kinds of message. They are
 * imported once, because jose would import them for each token, which takes longer than signing it.
 */
export async function deriveKeys([first, ...others]: readonly [string, ...string[]]): Promise<Keys> {
  const derive = async (purpose: string, use: Parameters<typeof importKey>[1]) => {
    const key = (secret: string) => importKey(hkdfSync('sha256', secret, '', purpose, 32), use)
    return [await key(first), ...(await Promise.all(others.map(key)))] as const
  }
  return {
    tickets: await derive('partway ticket v1', HMAC),
    journal: await derive('partway journal v1', AES),
  }
}

const HMAC = { algorithm: { name: 'HMAC', hash: 'SHA-256' }, usages: ['sign', 'verify'] } as const
const AES = { algorithm: { name: 'AES-GCM' }, usages: ['encrypt', 'decrypt'] } as const

function importKey(bytes: ArrayBuffer, { algorithm, usages }: typeof HMAC | typeof AES): Promise<SecretKey> {
  return webcrypto.subtle.importKey('raw', bytes, algorithm, false, [...usages])
}

function checkSecret(secret: unknown, name: string): string {
  if (typeof secret !== 'string') throw new TypeError(`${name} must be a string, got ${describeKind(secret)}`)
  if (secret.length >= MIN_SECRET_LENGTH) return secret
  throw new TypeError(
    `${name} must have at least ${MIN_SECRET_LENGTH} characters, got ${secret.length}. ` +
      'Make one with: node -p "crypto.randomBytes(32).toString(\'base64url\')"',
  )
}

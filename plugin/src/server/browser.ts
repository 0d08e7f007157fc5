// One secret for each browser, which is all that is stored of its uploads. The browser's id and its files' idempotency keys
// derive from it.

import { hostOf } from '../errors.js'
import { digest, toHex } from './digest.js'

/** Key in `localStorage`. */
const STORAGE_KEY = 'partway'

let secret: string | undefined

/** This browser's id for a server: 32 hexadecimal digits. */
export async function browserId(endpoint: string): Promise<string> {
  return (await digestOf('browser', hostOf(endpoint))).slice(0, 32)
}

/** The key shared by equal files that this browser uploads to the endpoint: 32 to 48 hexadecimal digits. */
export async function idempotencyKeyOf(endpoint: string, fingerprint: string): Promise<string> {
  return (await digestOf('file', toAbsolute(endpoint), fingerprint)).slice(0, 48)
}

/** 32 hexadecimal digits. `randomUUID` is missing on insecure origins. */
export function makeRandom(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)))
}

async function digestOf(...facts: string[]): Promise<string> {
  secret ??= recallSecret()
  return await digest(new TextEncoder().encode(JSON.stringify([secret, ...facts])))
}

// If the browser blocks storage, the secret lasts for this page load.
function recallSecret(): string {
  try {
    const kept = localStorage.getItem(STORAGE_KEY)
    if (kept && /^[0-9a-f]{32}$/.test(kept)) return kept
    const made = makeRandom()
    localStorage.setItem(STORAGE_KEY, made)
    return made
  } catch {
    return makeRandom()
  }
}

// `/uploads` and its absolute URL are the same endpoint.
function toAbsolute(endpoint: string): string {
  const base = globalThis.location?.href
  return URL.canParse(endpoint, base) ? new URL(endpoint, base).href : endpoint
}

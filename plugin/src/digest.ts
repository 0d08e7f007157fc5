// Digests, in hexadecimal digits.

/**
 * SHA-256: 64 digits. Without WebCrypto, which insecure origins do not have, 32 digits that are no cryptographic digest: a file
 * made on purpose can pass for another. It would only spoil the upload of whoever made it.
 */
export async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (!globalThis.crypto?.subtle) return cyrb(bytes, 1) + cyrb(bytes, 2)
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** cyrb53 without its last cut, so 64 bits. https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js */
function cyrb(bytes: Uint8Array, seed: number): string {
  let a = 0xdeadbeef ^ seed
  let b = 0x41c6ce57 ^ seed
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 2654435761)
    b = Math.imul(b ^ byte, 1597334677)
  }
  const mixedA = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  const mixedB = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(mixedA ^ (mixedA >>> 13), 3266489909)
  return [mixedA, mixedB].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}

// Digests, in hexadecimal digits.

/**
 * SHA-256: 64 digits. Without WebCrypto, which insecure origins lack, 32 digits of a hash that is not cryptographic: a crafted
 * file can pass for another. It would only spoil its author's upload.
 */
export async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (!globalThis.crypto?.subtle) return fnv(bytes)
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** 128-bit FNV-1a: some 15 ms for 128 KiB. http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv(bytes: Uint8Array): string {
  let hash = 0x6c62272e07bb014262b821756295c58dn
  for (const byte of bytes) hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * 0x1000000000000000000013bn)
  return hash.toString(16).padStart(32, '0')
}

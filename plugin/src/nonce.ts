// What the tries of one request have in common: a reply can get lost after the server has done its work.

/** 32 hexadecimal digits, never the same. */
export function newNonce(): string {
  // `randomUUID` is missing on insecure origins.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

// What a file is known by across page loads.
import { type OnHang, readWhole } from './read-blob.js'

/** Bytes that are read at either end. */
const EDGE_BYTES = 64 * 1024

/** A file, as far as its identity goes. */
export interface IdentifiedFile {
  /** As the user sees it. */
  name: string
  /** MIME type, or ''. */
  type: string
  /** Bytes. */
  size: number
  /** Milliseconds since 1970. @default that of `data`, if it is a `File` */
  lastModified?: number | undefined
  /** What the server is asked to store with it: the same file for another album is another upload. @default {} */
  metadata?: Record<string, string> | undefined
  data: Blob
}

/**
 * The same for the same file whenever the user picks it again: a digest (SHA-256) of its name, type, size, date and
 * metadata, and of its first and last 64 KiB. Nothing else is read, so a change in the middle that leaves size and
 * date as they were goes unnoticed.
 *
 * Without WebCrypto, which insecure origins do not have, the digest is not a cryptographic one: a file made on
 * purpose can pass for another. It would only spoil the upload of whoever made it.
 * @returns Letters and digits.
 * @throws as {@link readWhole}
 */
export async function fingerprint(
  file: IdentifiedFile,
  signal: AbortSignal,
  onHang?: OnHang,
): Promise<string> {
  const { name, type, size, data, metadata = {} } = file
  const lastModified = file.lastModified ?? (data instanceof File ? data.lastModified : undefined)
  const facts = JSON.stringify([name, type, size, lastModified ?? null, Object.entries(metadata).sort()])
  const head = data.slice(0, EDGE_BYTES)
  const tail = data.slice(Math.max(EDGE_BYTES, data.size - EDGE_BYTES))
  const bytes = await readWhole(new Blob([facts, head, tail]), signal, onHang)
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

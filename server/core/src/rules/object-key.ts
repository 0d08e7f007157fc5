// Object keys. A key holds only the safe characters of what the user typed.
import { createHash } from 'node:crypto'

/** S3's bound, in bytes of UTF-8. Source: "Naming Amazon S3 objects". */
export const MAX_KEY_BYTES = 1024
const MAX_NAME_BYTES = 100
const MAX_EXTENSION_BYTES = 20
const MAX_OWNER_SEGMENT_BYTES = 64

/** Most bytes of a default key after its prefix: owner, UUID, name and their slashes. */
export const MAX_DEFAULT_KEY_TAIL_BYTES = MAX_OWNER_SEGMENT_BYTES + 1 + 36 + 1 + MAX_NAME_BYTES

/** `<prefix><uuid>/<safe name>` */
export function defaultKey(prefix: string, id: string, fileName: string): string {
  return `${prefix}${id}/${safeName(fileName)}`
}

/** Prefix of all default keys of an owner, and of no other owner's keys. */
export function ownerPrefix(keyPrefix: string, owner: string): string {
  return `${keyPrefix}${ownerSegment(owner)}/`
}

/**
 * The owner in letters, digits, `.`, `_` and `-`, with `!` and two hexadecimal digits for each other byte. If that
 * is over 64 bytes: `!-` and a digest. No two owners share a segment.
 */
function ownerSegment(owner: string): string {
  const escaped = Buffer.from(owner)
    .toString('latin1')
    .replace(/[^A-Za-z0-9._-]|^\./g, (byte) => `!${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
  if (escaped.length <= MAX_OWNER_SEGMENT_BYTES) return escaped
  return `!-${createHash('sha256').update(owner).digest('base64url')}`
}

/** Whether `segment` can stand for an owner in a default key. */
export function isOwnerSegment(segment: string): boolean {
  return /^(?!\.)[A-Za-z0-9._!-]{1,64}$/.test(segment)
}

/**
 * A file name of letters, digits, `.`, `_` and `-`, at most 100 bytes, never hidden, never empty, which keeps the
 * extension.
 */
export function safeName(fileName: string): string {
  const name = fileName
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .replace(/^\.+/, '')
  return cutName(name, MAX_NAME_BYTES) || 'file'
}

/** Cuts a name to at most `maxBytes`, and keeps its extension. */
export function cutName(name: string, maxBytes: number): string {
  const [stem, extension] = splitExtension(name)
  return cutToBytes(stem, maxBytes - Buffer.byteLength(extension)) + extension
}

function splitExtension(name: string): [stem: string, extension: string] {
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 ? name.slice(dot) : ''
  if (extension.length < 2 || Buffer.byteLength(extension) > MAX_EXTENSION_BYTES) return [name, '']
  return [name.slice(0, dot), extension]
}

function cutToBytes(text: string, maxBytes: number): string {
  let cut = ''
  let bytes = 0
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > maxBytes) break
    cut += character
  }
  return cut
}

/**
 * What is wrong with a key from the host, or `undefined`. Also refuses keys that S3 accepts and browsers or form POSTs
 * would turn into another key.
 */
export function findKeyFault(key: unknown): string | undefined {
  if (typeof key !== 'string') return `must be a string, got ${typeof key}`
  if (key === '') return 'must not be empty'
  const bytes = Buffer.byteLength(key)
  if (bytes > MAX_KEY_BYTES) return `must have at most ${MAX_KEY_BYTES} bytes, got ${bytes}`
  if (/[\p{Cc}\p{Cs}]/u.test(key)) return 'must not hold control characters or lone surrogates'
  if (key.startsWith('/')) return 'must not start with a slash'
  if (key.split('/').some((segment) => segment === '.' || segment === '..'))
    return 'must not hold . or .. segments'
  // S3 replaces ${filename} in the key of a form POST.
  if (/\$\{filename\}/.test(key)) return 'must not hold the form variable for the file name'
  return undefined
}

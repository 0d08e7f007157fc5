// The names of objects. A key never holds what the user typed, only what is safe of it.

/** S3's bound, in bytes of UTF-8. Source: "Naming Amazon S3 objects". */
export const MAX_KEY_BYTES = 1024
const MAX_NAME_BYTES = 100
const MAX_EXTENSION_BYTES = 20

/** `<keyPrefix><uuid>/<safe name>` */
export function defaultKey(keyPrefix: string, id: string, fileName: string): string {
  return `${keyPrefix}${id}/${safeName(fileName)}`
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
  const [stem, extension] = splitExtension(name)
  return cutToBytes(stem, MAX_NAME_BYTES - Buffer.byteLength(extension)) + extension || 'file'
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
 * What is wrong with a key that the host made, or `undefined`. Refused is what S3 accepts and browsers or form
 * POSTs would turn into another key.
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

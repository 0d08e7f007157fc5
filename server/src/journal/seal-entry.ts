// Entries as the bucket keeps them: encrypted (JWE, RFC 7516), because a bucket can have more readers than the app.
import { CompactEncrypt, compactDecrypt } from 'jose'
import type { SecretKey } from '../tickets/secrets.js'
import { type Entry, EntrySchema } from './entry.js'

export async function sealEntry(entry: Entry, key: SecretKey): Promise<string> {
  const plaintext = new TextEncoder().encode(JSON.stringify(entry))
  return await new CompactEncrypt(plaintext).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(key)
}

/** @returns `undefined`: none of the keys opens it, or it is no entry of this version */
export async function openEntry(sealed: string, keys: readonly SecretKey[]): Promise<Entry | undefined> {
  for (const key of keys) {
    try {
      const { plaintext } = await compactDecrypt(sealed, key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      })
      return EntrySchema.safeParse(JSON.parse(new TextDecoder().decode(plaintext))).data
    } catch {
      // The next key may open it.
    }
  }
  return undefined
}

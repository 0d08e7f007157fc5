// Encrypts entries for the bucket (JWE, RFC 7516), because a bucket can have more readers than the app.
import { CompactEncrypt, compactDecrypt } from 'jose'
import { z } from 'zod'
import type { SecretKey } from '../tickets/secrets.js'
import { type Entry, EntrySchema } from './entry.js'

const SealedSchema = z.object({ path: z.string(), entry: EntrySchema })

/** @param path the only path where the sealed entry is valid */
export async function sealEntry(entry: Entry, path: string, key: SecretKey): Promise<string> {
  const plaintext = new TextEncoder().encode(JSON.stringify({ path, entry }))
  return await new CompactEncrypt(plaintext).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(key)
}

/** @returns `undefined` if no key opens it, or it is not an entry of this path and version */
export async function openEntry(
  sealed: string,
  path: string,
  keys: readonly SecretKey[],
): Promise<Entry | undefined> {
  for (const key of keys) {
    try {
      const { plaintext } = await compactDecrypt(sealed, key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      })
      const { data } = SealedSchema.safeParse(JSON.parse(new TextDecoder().decode(plaintext)))
      return data?.path === path ? data.entry : undefined
    } catch {
      // The next key may open it.
    }
  }
  return undefined
}

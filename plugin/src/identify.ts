// What a large file's upload is found by, in every page load and every tab.
import { keyOf } from './browser.js'
import type { IdentifiableFile, UploadContext } from './file-upload.js'
import { fingerprint } from './fingerprint.js'
import { readInTurn } from './read-in-turn.js'

/** Of files that were read. */
const fingerprints = new WeakMap<Blob, { ownName: string; fingerprint: string }>()

/**
 * What equal files of this browser have in common. A file that has been read for it is not read again.
 * @throws ClientError `file_unreadable`, or the signal's reason.
 */
export async function identify(
  file: IdentifiableFile,
  context: Pick<UploadContext, 'readers' | 'settings'>,
  signal: AbortSignal,
): Promise<string> {
  return await keyOf(context.settings().endpoint, await fingerprintOf(file, context, signal))
}

/** Whether only files like this one have the key. Of a later variant nobody knows which of them it is. */
export function isKeyOf(base: string, key: string | undefined): boolean {
  return key !== undefined && (key === base || (key.startsWith(`${base}-`) && !key.includes('_')))
}

async function fingerprintOf(
  file: IdentifiableFile,
  context: Pick<UploadContext, 'readers' | 'settings'>,
  signal: AbortSignal,
): Promise<string> {
  const { data, ownName } = file
  const known = fingerprints.get(data)
  if (known?.ownName === ownName) return known.fingerprint
  const read = await readInTurn(file, context.readers, context, signal, (...how) =>
    fingerprint(data, ownName, ...how),
  )
  fingerprints.set(data, { ownName, fingerprint: read })
  return read
}

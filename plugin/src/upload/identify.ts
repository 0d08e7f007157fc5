// What a large file's upload is found by, in every page load and every tab.
import { keyOf } from '../server/browser.js'
import { digest } from '../server/digest.js'
import { type OnHang, readWhole } from '../transfer/read-blob.js'
import type { IdentifiableFile, UploadContext } from './file-upload.js'
import { readInTurn } from './read-in-turn.js'

/** Bytes that are read at either end. */
const EDGE_BYTES = 64 * 1024

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

/**
 * The same for the same file whenever the user picks it again: a digest of its own name, size and date, and of its first and
 * last 64 KiB. Nothing else is read, so a change in the middle that leaves size and date as they were goes unnoticed.
 *
 * @param ownName What it is called where it comes from, whatever the page calls it.
 * @throws as {@link readWhole}
 */
export async function fingerprint(
  data: Blob,
  ownName: string,
  signal: AbortSignal,
  onHang?: OnHang,
): Promise<string> {
  const facts = JSON.stringify([ownName, data.size, data instanceof File ? data.lastModified : null])
  const head = data.slice(0, EDGE_BYTES)
  const tail = data.slice(Math.max(EDGE_BYTES, data.size - EDGE_BYTES))
  return await digest(await readWhole(new Blob([facts, head, tail]), signal, onHang))
}

// What a file is known by across page loads.
import { digest } from './digest.js'
import { type OnHang, readWhole } from './read-blob.js'

/** Bytes that are read at either end. */
const EDGE_BYTES = 64 * 1024

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

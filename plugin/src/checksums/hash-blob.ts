// The checksum of a blob of any size, in constant memory.
import type { ChecksumKind } from '@partway/server/protocol'
import { type OnHang, readBlob } from '../transfer/read-blob.js'
import { crc64nvme } from './crc64nvme.js'
import { type Hash, Hasher } from './hasher.js'
import { md5 } from './md5.js'

const hashes: Record<ChecksumKind, () => Hash> = { md5, crc64nvme }

/** Takes much less than a millisecond, and a few before the browser has compiled the arithmetic. */
const STEP_BYTES = 16 * 1024

/**
 * The checksum in base64.
 *
 * @param onHang Called when the read hangs, and when it no longer does.
 * @param yieldThread Awaited after every few kilobytes, so that it can slow the work down.
 * @throws as {@link readBlob} does.
 */
export async function hashBlob(
  kind: ChecksumKind,
  blob: Blob,
  signal: AbortSignal,
  onHang?: OnHang,
  yieldThread?: () => Promise<void>,
): Promise<string> {
  const hasher = new Hasher(hashes[kind]())
  for await (const bytes of readBlob(blob, signal, onHang)) {
    for (let at = 0; at < bytes.length && !signal.aborted; at += STEP_BYTES) {
      hasher.update(bytes.subarray(at, at + STEP_BYTES))
      if (yieldThread) await yieldThread()
    }
  }
  return hasher.digest()
}

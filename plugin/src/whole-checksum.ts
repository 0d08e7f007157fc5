// The checksum of the whole object, made of those of its parts: nothing is read a second time.
import type { ChecksumKind } from '@partway/koa/protocol'
import { checksumPart } from './checksum.js'
import { partBytes } from './plan-parts.js'
import type { MultipartRecord } from './upload-record.js'

/**
 * In Base64: the CRC of the whole, for S3 to verify when it puts the parts together, or the MD5 of the parts' MD5s, for the
 * server to compare. `undefined`: the parts' checksums are of a kind that cannot be combined, or this page has not
 * computed them all.
 */
export async function wholeChecksum(
  record: MultipartRecord,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { plan, checksum, checksums, hasSent } = record
  if (!canBeCombined(checksum) || checksums.size < plan.partCount) return undefined
  // A part alone is the whole, and was verified when it was sent.
  if (plan.partCount === 1 && hasSent) return undefined
  const sorted = [...checksums].sort(([a], [b]) => a - b)
  if (checksum === 'md5') {
    const md5s = sorted.map(([, value]) => Uint8Array.from(atob(value), (char) => char.charCodeAt(0)))
    return await checksumPart('md5', new Blob(md5s), signal)
  }
  const parts = sorted.map(([partNumber, value]) => ({ checksum: value, size: partBytes(plan, partNumber) }))
  const { combineCrc32c, combineCrc64nvme } = await import('./combine-checksums.js')
  return checksum === 'crc32c' ? combineCrc32c(parts) : combineCrc64nvme(parts)
}

/** Whether the whole's checksum can be made of those of its parts. */
export function canBeCombined(kind: ChecksumKind | undefined): kind is 'md5' | 'crc32c' | 'crc64nvme' {
  return kind !== undefined && kind !== 'sha256'
}

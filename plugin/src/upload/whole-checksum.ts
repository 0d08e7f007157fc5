// Combines the checksums of the parts into that of the whole object: nothing is read a second time.
import { checksumPart } from '../checksums/checksum.js'
import { combineCrc64nvme } from '../checksums/combine-checksums.js'
import { partBytes } from './plan-parts.js'
import type { MultipartRecord } from './upload-record.js'

/**
 * In Base64: the CRC of the whole, which S3 verifies when it completes the upload, or the MD5 of the parts' MD5s, which the
 * server compares. `undefined`: parts have no checksums, or this page has not computed them all.
 */
export async function wholeChecksum(
  record: MultipartRecord,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { plan, checksum, checksums, hasSent } = record
  if (checksum === undefined || checksums.size < plan.partCount) return undefined
  // A single part is the whole, and was verified when it was sent.
  if (plan.partCount === 1 && hasSent) return undefined
  const sorted = [...checksums].sort(([a], [b]) => a - b)
  if (checksum === 'md5') {
    const md5s = sorted.map(([, value]) => Uint8Array.from(atob(value), (char) => char.charCodeAt(0)))
    return await checksumPart('md5', new Blob(md5s), signal)
  }
  return combineCrc64nvme(
    sorted.map(([partNumber, value]) => ({ checksum: value, size: partBytes(plan, partNumber) })),
  )
}

// Parts that an earlier page load sent: whether S3 has of them what the file has now.
import type { StoredPart } from '@partway/koa/protocol'
import type { FileUpload } from './file-upload.js'
import { partChecksum } from './part-checksum.js'
import type { MultipartRecord } from './upload-record.js'

/**
 * One after the other, while others are on their way. Where S3 tells no MD5 (encryption with KMS), their size has to do.
 *
 * @returns Numbers of the parts that differ.
 * @throws ClientError `file_unreadable`, or the signal's reason.
 */
export async function findDifferentParts(
  file: FileUpload,
  { plan, checksum }: MultipartRecord,
  kept: StoredPart[],
  signal: AbortSignal,
): Promise<number[]> {
  const different: number[] = []
  if (checksum !== 'md5') return different
  for (const { partNumber, etag } of kept) {
    const stored = /^"?([0-9a-f]{32})"?$/i.exec(etag)?.[1]
    if (stored === undefined) continue
    const md5 = await partChecksum(file, plan, partNumber, signal)
    if (toHex(md5) !== stored.toLowerCase()) different.push(partNumber)
  }
  return different
}

function toHex(base64: string): string {
  return Array.from(atob(base64), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}

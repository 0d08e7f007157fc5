// Parts that an earlier page load sent: whether S3 has of them what the file has now.
import type { StoredPart } from '@partway/koa/protocol'
import type { FileUpload } from './file-upload.js'
import { isMd5Etag, partChecksum } from './part-checksum.js'
import type { MultipartRecord } from './upload-record.js'

/**
 * One after the other, while others are on their way. Where S3 tells no MD5 (encryption with KMS), their size has to do,
 * unless the user picked the file.
 *
 * @returns Numbers of the parts that differ.
 * @throws ClientError `file_unreadable`, or the signal's reason.
 */
export async function findDifferentParts(
  file: FileUpload,
  { plan, checksum, picked }: MultipartRecord,
  kept: StoredPart[],
  signal: AbortSignal,
): Promise<number[]> {
  const different: number[] = []
  if (checksum !== 'md5' && !picked) return different
  for (const { partNumber, etag } of kept) {
    const md5 = await partChecksum(file, plan, partNumber, signal)
    // What cannot be compared because of the page is sent again: that is always right.
    const isSame = md5 !== undefined && (isMd5Etag(etag, md5) ?? !picked)
    if (!isSame) different.push(partNumber)
  }
  return different
}

// Parts that an earlier page load sent: whether S3 has of them what the file has now.
import type { StoredPart } from '@partway/koa/protocol'
import type { FileUpload, UploadContext } from './file-upload.js'
import { forgetChecksum, isSamePart } from './part-checksum.js'
import type { MultipartRecord } from './upload-record.js'

/**
 * One after the other, while others are on their way. Where S3 tells nothing of their content, their size has to do, unless
 * the user picked the file.
 *
 * @returns Numbers of the parts that differ.
 * @throws ClientError `file_unreadable`, `script_unavailable`, or the signal's reason.
 */
export async function findDifferentParts(
  file: FileUpload,
  record: MultipartRecord,
  kept: StoredPart[],
  context: UploadContext,
  signal: AbortSignal,
): Promise<number[]> {
  const different: number[] = []
  for (const part of kept) {
    const isSame = (await isSamePart(part, file, record, context, signal)) ?? !record.picked
    if (isSame) forgetChecksum(part.partNumber, record)
    else different.push(part.partNumber)
  }
  return different
}

// What S3 has of an upload that was begun before: whether it is the file's.
import type { StoredPart } from '@partway/server/protocol'
import { ClientError } from '../errors.js'
import { AnotherUpload } from './another-upload.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { isSamePart } from './part-checksum.js'
import { partBytes } from './plan-parts.js'
import type { MultipartRecord } from './upload-record.js'

/**
 * Compares the parts with the file's, one after the other. Where S3 tells nothing of their content, their size has to do,
 * if the file is known to be the upload's.
 *
 * @throws AnotherUpload; ClientError `file_differs`, where the user picked the file, `file_unreadable`, `script_unavailable`;
 * or the signal's reason.
 */
export async function compareParts(
  file: FileUpload,
  record: MultipartRecord,
  stored: StoredPart[],
  context: UploadContext,
  signal: AbortSignal,
): Promise<void> {
  const { picked } = file
  const differs = new ClientError('file_differs', { name: file.request.name })
  const isUnknown = picked && !picked.isSame
  // Who began it may be going on with another file at the same time: without a checksum of the whole nobody would notice.
  const isVerified = stored.length > 0 && record.checksum !== undefined
  if (isUnknown && !isVerified) throw new AnotherUpload(differs)
  for (const part of stored) {
    const isSame = await isSamePart(part, file, record, context, signal)
    if (isSame === false) throw isUnknown ? differs : new AnotherUpload(differs)
    if (isSame === undefined && isUnknown) throw new AnotherUpload(differs)
  }
  if (picked) picked.isSame = true
}

/** A part of another size than planned cannot be the file's. @throws as {@link compareParts} */
export function compareSizes(
  { picked, request }: FileUpload,
  { plan }: MultipartRecord,
  stored: StoredPart[],
): void {
  const isPlanned = ({ partNumber, size }: StoredPart) => size === partBytes(plan, partNumber)
  if (stored.every(isPlanned)) return
  const differs = new ClientError('file_differs', { name: request.name })
  throw picked && !picked.isSame ? differs : new AnotherUpload(differs)
}

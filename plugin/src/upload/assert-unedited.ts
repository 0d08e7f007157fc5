// Whether a file still has the bytes that were sent. In Chromium and WebKit a file that was edited since it was picked cannot be
// read any more. Firefox (seen in 153) gives its new bytes, so that parts of two versions would make one object.
import { ClientError } from '../errors.js'
import { AnotherUpload } from './decide.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { checksumOfPart } from './part-checksum.js'
import type { MultipartRecord } from './upload-record.js'

/** Other engines only say that they are like Gecko. */
const GECKO = /\bGecko\/\d/

/**
 * Reads the file once more, and compares it with the checksums of the parts. Without checksums it does nothing.
 * @throws AnotherUpload if it was edited; ClientError `file_unreadable`; or the signal's reason.
 */
export async function assertUnedited(
  file: FileUpload,
  { checksum: kind, checksums, plan }: MultipartRecord,
  context: UploadContext,
  signal: AbortSignal,
): Promise<void> {
  if (kind === undefined || !GECKO.test(navigator.userAgent)) return
  for (const [partNumber, sent] of checksums) {
    const now = await checksumOfPart(kind, partNumber, file, plan, context, signal)
    if (now !== undefined && now !== sent) {
      throw new AnotherUpload(new ClientError('file_unreadable', { name: file.request.name }), true)
    }
  }
}

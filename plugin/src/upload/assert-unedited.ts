// Whether a file still has the bytes that were sent. In Chromium and WebKit a file that was edited since it was picked cannot be
// read any more. Firefox (seen in 153) gives its new bytes, so that parts of two versions would make one object.
import { ClientError } from '../errors.js'
import { AnotherUpload } from './decide.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { checksumOfPart, partChecksum } from './part-checksum.js'
import { allParts } from './plan-parts.js'
import type { MultipartRecord } from './upload-record.js'

interface Run {
  file: FileUpload
  record: MultipartRecord
  signal: AbortSignal
}

/** Other engines only say that they are like Gecko. */
const GECKO = /\bGecko\/\d/

/**
 * Beside the transfers, proves that all parts are of one version: that of the moment when the checksum of each is known. What
 * was sent before is read again. What is sent later, S3 compares with its checksum. Without checksums it does nothing.
 * @param waiting Numbers of the parts of which nothing has been sent yet. It becomes smaller meanwhile.
 * @throws AnotherUpload if the file was edited; otherwise as `partChecksum`
 */
export async function assertUnedited(
  waiting: ReadonlySet<number>,
  run: Run,
  context: UploadContext,
): Promise<void> {
  const { file, record, signal } = run
  if (waiting.size === 0 || !GECKO.test(navigator.userAgent)) return
  const parts = allParts(record.plan)
  // From the end: the transfers compute those of the beginning.
  for (const partNumber of parts.toReversed()) await partChecksum(partNumber, file, record, context, signal)
  for (const partNumber of parts)
    if (!waiting.has(partNumber)) await assertPartUnedited(partNumber, run, context)
}

/** Reads the part again. @throws as {@link assertUnedited} */
export async function assertPartUnedited(
  partNumber: number,
  { file, record: { checksum: kind, checksums, plan }, signal }: Run,
  context: UploadContext,
): Promise<void> {
  const sent = checksums.get(partNumber)
  const now = kind && sent && (await checksumOfPart(kind, partNumber, file, plan, context, signal))
  if (now && now !== sent) {
    throw new AnotherUpload(new ClientError('file_unreadable', { name: file.request.name }), true)
  }
}

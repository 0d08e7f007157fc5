// The checksums of a file's parts.
import type { ChecksumKind, StoredPart } from '@partway/server/protocol'
import { checksumPart } from '../checksums/checksum.js'
import { ClientError, hostOf, TryFailure } from '../errors.js'
import { isOffline } from '../transfer/delay.js'
import { Scheduler } from '../transfer/scheduler.js'
import type { Comparison } from './decide.js'
import type { AddedFile, FileUpload, UploadContext } from './file-upload.js'
import { allParts, type PartPlan, partRange } from './plan-parts.js'
import { type Read, readInTurn } from './read-in-turn.js'
import type { MultipartRecord } from './upload-record.js'

/** One part at a time across all files: several at once would only finish later. */
const hashing = new Scheduler(1)
/** Small files take most of their time to open. */
const hashingSingles = new Scheduler(4)

/** Whether the signature has to cover the checksum. S3 accepts an unsigned `Content-MD5`. */
export function isSigned(kind: ChecksumKind | undefined): boolean {
  return kind === 'crc64nvme'
}

/**
 * The checksum to send with the part, in Base64. Computed once. `undefined`: none, because the server wants none, or
 * because the page cannot load the MD5 script, as after a deploy that removed the old scripts.
 * @throws ClientError `file_unreadable`, `script_unavailable`; TryFailure without a network; or the signal's reason.
 */
export async function partChecksum(
  partNumber: number,
  file: AddedFile,
  record: MultipartRecord,
  context: UploadContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { checksum: kind, checksums } = record
  if (kind === undefined) return undefined
  const known = checksums.get(partNumber)
  if (known !== undefined) return known
  const computed = await checksumOfPart(kind, partNumber, file, record.plan, context, signal)
  // Computed twice at once, of a file that is edited in between: the first is kept, as the part may be on its way with it.
  const first = checksums.get(partNumber)
  if (first !== undefined) return first
  if (computed !== undefined) checksums.set(partNumber, computed)
  else if (isSigned(kind)) throw new ClientError('script_unavailable', {})
  return computed
}

/**
 * The MD5 of a file in one request, in Base64. `undefined`: the page cannot load the MD5 script.
 * @throws ClientError `file_unreadable`; TryFailure without a network; or the signal's reason.
 */
export async function md5OfFile(
  file: AddedFile,
  context: UploadContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  return await computeOf('md5', file.data, file, hashingSingles, context, signal)
}

/** Computes all part checksums, for the whole's, if this page has not sent the parts. @throws as {@link partChecksum} */
export async function computeAll(
  file: AddedFile,
  record: MultipartRecord,
  context: UploadContext,
  signal: AbortSignal,
): Promise<void> {
  if (record.checksum === undefined) return
  for (const partNumber of allParts(record.plan)) {
    await partChecksum(partNumber, file, record, context, signal)
  }
}

/**
 * Compares the part on S3 with the file.
 * @throws ClientError `file_unreadable`; TryFailure without a network; or the signal's reason.
 */
export async function comparePart(
  { partNumber, checksums = {} }: StoredPart,
  file: FileUpload,
  record: MultipartRecord,
  context: UploadContext,
  signal: AbortSignal,
): Promise<Comparison> {
  // The store may not support this kind.
  const kind =
    record.checksum !== undefined && checksums[record.checksum] !== undefined ? record.checksum : 'md5'
  if (checksums[kind] === undefined) return 'unknown'
  const computed =
    kind === record.checksum
      ? await partChecksum(partNumber, file, record, context, signal)
      : await checksumOfPart(kind, partNumber, file, record.plan, context, signal)
  if (computed === undefined) return 'unknown'
  return computed === checksums[kind] ? 'same' : 'differs'
}

/** Of the file as it is now. @throws as {@link partChecksum} */
export async function checksumOfPart(
  kind: ChecksumKind,
  partNumber: number,
  file: AddedFile,
  plan: PartPlan,
  context: UploadContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { start, end } = partRange(plan, partNumber)
  return await computeOf(kind, file.data.slice(start, end), file, hashing, context, signal)
}

async function computeOf(
  kind: ChecksumKind,
  bytes: Blob,
  file: AddedFile,
  slots: Scheduler,
  context: UploadContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const read: Read<string | undefined> = (...how) => checksumPart(kind, bytes, ...how)
  const computed = await readInTurn(file, slots, context, signal, read)
  if (computed === undefined && isOffline()) {
    throw new TryFailure(new ClientError('network_error', { host: hostOf('') }))
  }
  return computed
}

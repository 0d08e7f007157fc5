// The checksums of a file's parts.
import type { ChecksumKind, StoredPart } from '@partway/server/protocol'
import { checksumPart } from '../checksums/checksum.js'
import { ClientError, hostOf, TryFailure } from '../errors.js'
import { isOffline } from '../transfer/delay.js'
import { Scheduler } from '../transfer/scheduler.js'
import type {
  ChecksumsAhead,
  ExpectedParts,
  FileUpload,
  IdentifiableFile,
  UploadContext,
} from './file-upload.js'
import { allParts, type PartPlan, partRange } from './plan-parts.js'
import { type Read, readInTurn } from './read-in-turn.js'
import type { MultipartRecord } from './upload-record.js'

/** One part at a time, of all files: several would only finish later. */
const hashing = new Scheduler(1)
/** Of small files most of the time goes into opening them. */
const hashingWholes = new Scheduler(4)

/** Computes the checksums of the parts that are expected, until the server has answered. */
export async function computeWhile<T>(
  asking: Promise<T>,
  file: FileUpload,
  { checksum: kind, plan, nextParts }: ExpectedParts,
  context: UploadContext,
  signal: AbortSignal,
): Promise<T> {
  if (!kind || !plan || !nextParts) return await asking
  const computed: ChecksumsAhead['computed'] = new Map()
  file.checksumsAhead = { kind, plan, computed }
  let hasAnswered = false
  const work = async () => {
    for (const partNumber of nextParts) {
      if (hasAnswered) return
      const checksum = compute(kind, partNumber, file, plan, context, signal).catch(() => undefined)
      computed.set(partNumber, checksum)
      await checksum
    }
  }
  void work()
  try {
    return await asking
  } finally {
    hasAnswered = true
  }
}

function takeAhead(
  partNumber: number,
  { checksumsAhead: ahead }: Pick<FileUpload, 'checksumsAhead'>,
  { checksum, plan }: MultipartRecord,
): Promise<string | undefined> | undefined {
  if (ahead?.kind !== checksum || ahead?.plan.partSize !== plan.partSize) return undefined
  const computed = ahead.computed.get(partNumber)
  ahead.computed.delete(partNumber)
  return computed
}

/** Whether S3 takes a checksum only as it was signed. `Content-MD5` it takes as it comes. */
export function isSigned(kind: ChecksumKind | undefined): boolean {
  return kind === 'crc64nvme'
}

/**
 * What the part is to be sent with, in Base64. Computed once. `undefined`: nothing, because the server wants nothing, or
 * because the page cannot load what computes an MD5, as after a deploy that took the old scripts away.
 * @throws ClientError `file_unreadable`, `script_unavailable`; TryFailure without a network; or the signal's reason.
 */
export async function partChecksum(
  partNumber: number,
  file: IdentifiableFile & Pick<FileUpload, 'checksumsAhead'>,
  record: MultipartRecord,
  context: UploadContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { checksum: kind, checksums } = record
  if (kind === undefined) return undefined
  const known = checksums.get(partNumber)
  if (known !== undefined) return known
  const ahead = takeAhead(partNumber, file, record)
  const computed =
    (ahead && (await ahead)) ?? (await compute(kind, partNumber, file, record.plan, context, signal))
  if (computed !== undefined) checksums.set(partNumber, computed)
  else if (isSigned(kind)) throw new ClientError('script_unavailable', {})
  return computed
}

/**
 * Of a file that goes in one request, in Base64. `undefined`: the page cannot load what computes it.
 * @throws ClientError `file_unreadable`; TryFailure without a network; or the signal's reason.
 */
export async function md5OfWhole(
  file: IdentifiableFile,
  context: UploadContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  return await computeOf('md5', file.data, file, hashingWholes, context, signal)
}

/** All that the whole's checksum is made of, where it is not this page that has sent the parts. @throws as {@link partChecksum} */
export async function computeAll(
  file: IdentifiableFile & Pick<FileUpload, 'checksumsAhead'>,
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
 * Whether S3 has of the part what the file has. `undefined`: S3 tells nothing of its content, or the page cannot load what
 * computes it.
 * @throws ClientError `file_unreadable`; TryFailure without a network; or the signal's reason.
 */
export async function isSamePart(
  { partNumber, checksums = {} }: StoredPart,
  file: FileUpload,
  record: MultipartRecord,
  context: UploadContext,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  // The store may not know the kind.
  const kind =
    record.checksum !== undefined && checksums[record.checksum] !== undefined ? record.checksum : 'md5'
  if (checksums[kind] === undefined) return undefined
  const computed =
    kind === record.checksum
      ? await partChecksum(partNumber, file, record, context, signal)
      : await compute(kind, partNumber, file, record.plan, context, signal)
  return computed === undefined ? undefined : computed === checksums[kind]
}

async function compute(
  kind: ChecksumKind,
  partNumber: number,
  file: IdentifiableFile,
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
  file: IdentifiableFile,
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

// The checksums of a file's parts. What computes them is loaded when it is first needed.
import type { ChecksumKind, StoredPart } from '@partway/koa/protocol'
import { isOffline } from './delay.js'
import { ClientError, hostOf, TryFailure } from './errors.js'
import type { FileUpload } from './file-upload.js'
import { partRange } from './plan-parts.js'
import { Scheduler } from './scheduler.js'
import type { MultipartRecord } from './upload-record.js'

/** One part at a time, of all files: several would only finish later. */
const hashing = new Scheduler(1)

/** Whether S3 takes a checksum only as it was signed. `Content-MD5` it takes as it comes. */
export function isSigned(kind: ChecksumKind | undefined): boolean {
  return kind !== undefined && kind !== 'md5'
}

/**
 * What the part is to be sent with, in Base64. Computed once. `undefined`: nothing, because the server wants nothing, or
 * because the page cannot load what computes an MD5, as after a deploy that took the old scripts away.
 * @throws ClientError `file_unreadable`, `script_unavailable`; TryFailure without a network; or the signal's reason.
 */
export async function partChecksum(
  partNumber: number,
  file: FileUpload,
  record: MultipartRecord,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { checksum: kind, checksums } = record
  if (kind === undefined) return undefined
  const known = checksums.get(partNumber)
  if (known !== undefined) return known
  const computed = await compute(kind, partNumber, file, record, signal)
  if (computed !== undefined) checksums.set(partNumber, computed)
  else if (isSigned(kind)) throw new ClientError('script_unavailable', {})
  return computed
}

/**
 * Whether S3 has of the part what the file has. `undefined`: S3 tells nothing of its content.
 * @throws as {@link partChecksum}
 */
export async function isSamePart(
  { partNumber, checksums = {} }: StoredPart,
  file: FileUpload,
  record: MultipartRecord,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const { checksum: kind, picked } = record
  if (kind === undefined && !picked) return undefined
  // What cannot be compared because of the page is sent again: that is always right.
  if (kind !== undefined && checksums[kind] !== undefined) {
    return checksums[kind] === (await partChecksum(partNumber, file, record, signal))
  }
  // The store does not know the kind.
  if (checksums.md5 === undefined) return undefined
  return checksums.md5 === (await compute('md5', partNumber, file, record, signal))
}

/** Loads and warms up what computes checksums, while the server still creates the upload that will need them. */
export function expectChecksums(kind: ChecksumKind): void {
  import('./checksum.js').then(
    ({ prepareChecksums }) => prepareChecksums(kind),
    // Whoever needs one loads it again.
    () => {},
  )
}

async function compute(
  kind: ChecksumKind,
  partNumber: number,
  { data, request }: FileUpload,
  record: MultipartRecord,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { start, end } = partRange(record.plan, partNumber)
  const checksums = await import('./checksum.js').catch(() => undefined)
  signal.throwIfAborted()
  if (!checksums) {
    if (isOffline()) throw new TryFailure(new ClientError('network_error', { host: hostOf('') }))
    return undefined
  }
  try {
    return await hashing.run(record, signal, () =>
      checksums.checksumPart(kind, data.slice(start, end), signal),
    )
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof DOMException) throw new ClientError('file_unreadable', { name: request.name })
    throw error
  }
}

// Tabs with the same file: one uploads it, and the others have its result.
import type { CompletedUpload } from '@partway/server/protocol'
import { isGone, isOfOthers } from './decide.js'
import type { FileUpload, SharedResult, UploadContext } from './file-upload.js'
import { computeAll } from './part-checksum.js'
import { followFile } from './tabs.js'
import type { MultipartRecord } from './upload-record.js'
import { wholeChecksum } from './whole-checksum.js'

/** From now on, other tabs with the upload tell this one when it is done. */
export function followResult(file: FileUpload, lock: string): void {
  file.following ??= followFile(lock, (result) => {
    file.shared = result as SharedResult
  })
}

/** The file is another upload: what becomes of this one is not its result. */
export function leaveResult(file: FileUpload): void {
  file.following?.end()
  file.following = undefined
  file.shared = undefined
}

/**
 * What another tab has made of the file, if it was for the same person.
 * @throws PartwayError, or the signal's reason.
 */
export async function takeResult(
  file: FileUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<CompletedUpload | undefined> {
  const { shared, picked } = file
  if (shared?.request !== JSON.stringify(file.request) || (picked && !picked.isSame)) return undefined
  try {
    // Only whose it is counts: the upload is over.
    await context.server.storedParts({ ticket: shared.record.ticket }, signal)
  } catch (error) {
    // They may come back.
    if (isOfOthers(error)) return undefined
    if (!isGone(error)) throw error
  }
  if (await isSameWhole(file, shared, context, signal)) return shared.completed
  file.shared = undefined
  return undefined
}

/** What is known by the same may be another file. Where there is no sum of the whole, nothing tells. */
async function isSameWhole(
  file: FileUpload,
  shared: SharedResult,
  context: UploadContext,
  signal: AbortSignal,
): Promise<boolean> {
  const { whole } = shared.record
  if (whole === undefined) return true
  const record: MultipartRecord = { ...shared.record, checksums: new Map() }
  await computeAll(file, record, context, signal)
  return (await wholeChecksum(record, signal)) === whole
}

/** Resolves when tabs that have the same file know, or do not answer. */
export async function shareResult(file: FileUpload, completed: CompletedUpload): Promise<void> {
  const { record, following, request } = file
  if (record?.kind !== 'multipart') return
  const result: SharedResult = { request: JSON.stringify(request), record, completed }
  await following?.share(result)
}

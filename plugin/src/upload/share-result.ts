// Tabs with the same file: one uploads it, and the others take its result.
import type { CompletedUpload } from '@partway/server/protocol'
import { isGone, isOfOthers } from './decide.js'
import type { FileUpload, SharedResult, UploadContext } from './file-upload.js'
import { computeAll } from './part-checksum.js'
import { followFile } from './tabs.js'
import type { MultipartRecord } from './upload-record.js'
import { wholeChecksum } from './whole-checksum.js'

/** From now on, other tabs with the upload share its result with this one. */
export function followResult(file: FileUpload, lock: string): void {
  file.following ??= followFile(lock, (result) => {
    file.shared = result as SharedResult
  })
}

/** The file needs another upload: the result of this one is not its result. */
export function leaveResult(file: FileUpload): void {
  file.following?.end()
  file.following = undefined
  file.shared = undefined
}

/**
 * The result that another tab has shared, if it belongs to the same person.
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
    // Checks only the owner: the upload is over.
    await context.server.storedParts({ ticket: shared.record.ticket }, signal)
  } catch (error) {
    // The owner may sign in again.
    if (isOfOthers(error)) return undefined
    if (!isGone(error)) throw error
  }
  if (await isSameWhole(file, shared, context, signal)) return shared.completed
  file.shared = undefined
  return undefined
}

/** A file with the same key may differ. Without a checksum of the whole, nothing reveals it. */
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

/** Resolves when all tabs with the same file have the result, or do not answer. */
export async function shareResult(file: FileUpload, completed: CompletedUpload): Promise<void> {
  const { record, following, request } = file
  if (record?.kind !== 'multipart') return
  const result: SharedResult = { request: JSON.stringify(request), record, completed }
  await following?.share(result)
}

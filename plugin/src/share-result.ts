// Tabs with the same file: one uploads it, and the others have its result.
import type { CompletedUpload } from '@partway/koa/protocol'
import { isGone, isOthers } from './errors.js'
import type { FileUpload, SharedResult, UploadContext } from './file-upload.js'
import { followFile } from './tabs.js'

/** From now on, other tabs with the file tell this one when it is done. */
export function followResult(file: FileUpload, key: string): void {
  file.following ??= followFile(key, (result) => {
    file.shared = result as SharedResult
  })
}

/**
 * What another tab has made of the file, if it was for the same person.
 * @throws PartwayError, or the signal's reason.
 */
export async function takeResult(
  file: FileUpload,
  { server }: UploadContext,
  signal: AbortSignal,
): Promise<CompletedUpload | undefined> {
  const { shared } = file
  if (shared?.request !== JSON.stringify(file.request)) return undefined
  try {
    // Only whose it is counts: the upload is over.
    await server.storedParts({ ticket: shared.ticket }, signal)
  } catch (error) {
    if (isOthers(error)) file.shared = undefined
    else if (!isGone(error)) throw error
  }
  return file.shared?.completed
}

/** Resolves when tabs that have the same file know, or do not answer. */
export async function tellResult(file: FileUpload, completed: CompletedUpload): Promise<void> {
  const { record, following, request } = file
  if (!record) return
  const result: SharedResult = { request: JSON.stringify(request), ticket: record.ticket, completed }
  await following?.tell(result)
}

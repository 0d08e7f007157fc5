// The MD5 of a part of a file. What computes it is loaded when it is first needed.
import { ClientError } from './errors.js'
import type { FileUpload } from './file-upload.js'
import { type PartPlan, partRange } from './plan-parts.js'

/**
 * In base64, as `Content-MD5` wants it.
 * @throws ClientError `file_unreadable`, or the signal's reason.
 */
export async function partChecksum(
  { data, request }: FileUpload,
  plan: PartPlan,
  partNumber: number,
  signal: AbortSignal,
): Promise<string> {
  const { start, end } = partRange(plan, partNumber)
  const { checksumPart } = await import('./checksum.js')
  try {
    return await checksumPart('md5', data.slice(start, end), signal)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof DOMException) throw new ClientError('file_unreadable', { name: request.name })
    throw error
  }
}

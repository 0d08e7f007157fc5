// The MD5 of a part of a file. What computes it is loaded when it is first needed.
import { isOffline } from './delay.js'
import { ClientError, hostOf, TryFailure } from './errors.js'
import type { FileUpload } from './file-upload.js'
import { type PartPlan, partRange } from './plan-parts.js'
import { Scheduler } from './scheduler.js'

/** Parts that are read at a time, of all files: more would only finish later. */
const hashing = new Scheduler(2)

/**
 * In base64, as `Content-MD5` wants it. `undefined`: the page cannot load what computes it, as after a deploy that
 * took the old scripts away.
 * @throws ClientError `file_unreadable`, TryFailure without a network, or the signal's reason.
 */
export async function partChecksum(
  file: FileUpload,
  plan: PartPlan,
  partNumber: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { start, end } = partRange(plan, partNumber)
  const checksums = await import('./checksum.js').catch(() => undefined)
  signal.throwIfAborted()
  if (!checksums) {
    if (isOffline()) throw new TryFailure(new ClientError('network_error', { host: hostOf('') }))
    return undefined
  }
  try {
    return await hashing.run(file, signal, () =>
      checksums.checksumPart('md5', file.data.slice(start, end), signal),
    )
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof DOMException) throw new ClientError('file_unreadable', { name: file.request.name })
    throw error
  }
}

/** Whether S3's ETag is the MD5. `undefined`: it is no MD5 at all, as with encryption by KMS. */
export function isMd5Etag(etag: string, md5: string): boolean | undefined {
  const stored = /^"?([0-9a-f]{32})"?$/i.exec(etag)?.[1]
  return stored === undefined ? undefined : stored.toLowerCase() === toHex(md5)
}

function toHex(base64: string): string {
  return Array.from(atob(base64), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}

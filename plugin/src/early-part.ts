// A part that S3 cannot have yet is on its way while the server still asks S3 what it has.
import type { UploadContext } from './file-upload.js'
import { isSigned } from './part-checksum.js'
import { noteTouched } from './resume.js'
import { type PartsRun, sendPart } from './send-part.js'

export interface EarlyPart {
  partNumber: number
  /** As {@link sendPart}. Whatever comes of it, only who awaits it is told. */
  arriving: Promise<void>
  /** Whoever has not awaited it needs it no longer. Resolves when it is not under way any more. */
  end(): Promise<void>
}

/**
 * Of an upload that an earlier page load began.
 *
 * @returns `undefined`: this browser has begun all parts, or does not know.
 */
export function sendEarly(run: PartsRun, context: UploadContext): EarlyPart | undefined {
  const { untouchedFrom: partNumber, plan, checksum, recalled } = run.record
  if (!recalled || partNumber === undefined || partNumber > plan.partCount) return undefined
  // While it is signed.
  void noteTouched(partNumber, run.file, run.record, context)
  if (!isSigned(checksum)) run.signatures.expect([partNumber], [])
  const ending = new AbortController()
  const signal = AbortSignal.any([run.signal, ending.signal])
  const arriving = sendPart(partNumber, { ...run, signal }, context)
  const settled = arriving.catch(() => {})
  const end = () => {
    ending.abort()
    return settled
  }
  return { partNumber, arriving, end }
}

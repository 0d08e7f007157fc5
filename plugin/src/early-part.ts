// A part that S3 cannot have yet is on its way while the server still asks S3 what it has.
import type { UploadContext } from './file-upload.js'
import { isSigned } from './part-checksum.js'
import { noteTouched } from './resume.js'
import { type PartsRun, sendPart } from './send-part.js'
import { takeSignedAhead } from './sign-ahead.js'
import { untouchedPart } from './upload-record.js'

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
  const { file, record, signatures } = run
  const partNumber = untouchedPart(record)
  if (!record.recalled || partNumber === undefined) return undefined
  // While it is signed.
  void noteTouched(partNumber, file, record, context)
  const ending = new AbortController()
  const signal = AbortSignal.any([run.signal, ending.signal])
  const signedAhead = takeSignedAhead(file, record, signal)
  const arrive = async () => {
    const signed = signedAhead ? await signedAhead : []
    // What has to be signed is not known yet.
    signatures.expect(isSigned(record.checksum) ? [] : [partNumber], signed)
    await sendPart(partNumber, { ...run, signal }, context)
  }
  const arriving = arrive()
  const settled = arriving.catch(() => {})
  const end = () => {
    ending.abort()
    return settled
  }
  return { partNumber, arriving, end }
}

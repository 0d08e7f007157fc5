// The missing parts of a large file, in parallel over the page's slots.
import type { StoredPart } from '@partway/koa/protocol'
import { PartwayError } from './errors.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { missingParts, partBytes } from './plan-parts.js'
import { type PartsRun, sendPart } from './send-part.js'
import { Signatures, type SignedUrl } from './signatures.js'
import type { MultipartRecord } from './upload-record.js'

/**
 * Sends what S3 does not hold yet. When this settles, in whatever way, none of the file's transfers is under way.
 *
 * @param created Signatures that came with the upload if it is new; otherwise S3 is asked what it holds.
 */
export async function sendParts(
  file: FileUpload,
  record: MultipartRecord,
  created: SignedUrl[] | undefined,
  context: UploadContext,
  signal: AbortSignal,
): Promise<void> {
  const { server, scheduler } = context
  const { ticket, plan } = record
  const stored = created ? [] : await storedParts(ticket, context, signal)
  // It may have been completed, by another tab or in a reply that was lost: completing it again tells.
  if (!stored) return
  const missing = missingParts(plan, stored)
  const missingBytes = missing.reduce((sum, partNumber) => sum + partBytes(plan, partNumber), 0)
  file.progress.start(plan.size - missingBytes)
  if (record.recalled) {
    const percent = Math.floor((1 - missingBytes / plan.size) * 100)
    context.tell('resuming', { name: file.request.name, percent })
    record.recalled = false
  }

  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  const sign = (partNumbers: number[]) => server.sign(ticket, partNumbers, stop)
  const signatures = new Signatures(missing, created ?? [], sign)
  const run: PartsRun = { file, record, signatures, health: { successes: 0 }, signal: stop }

  // Each worker takes the next part from the one iterator, so no part waits for the slowest of a group.
  const rest = missing.values()
  const work = async () => {
    try {
      for (const partNumber of rest) await sendPart(partNumber, run, context)
    } catch (error) {
      failed.abort(error)
    }
  }
  await Promise.all(Array.from({ length: scheduler.limit }, work))
  stop.throwIfAborted()
}

/** `undefined`: S3 does not know the upload any more. */
async function storedParts(
  ticket: string,
  { server }: UploadContext,
  signal: AbortSignal,
): Promise<StoredPart[] | undefined> {
  try {
    return await server.storedParts(ticket, signal)
  } catch (error) {
    if (error instanceof PartwayError && error.code === 'upload_gone') return undefined
    throw error
  }
}

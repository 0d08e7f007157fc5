// The missing parts of a large file, in parallel over the page's slots.
import type { PartToSign, StoredPart } from '@partway/koa/protocol'
import { PartwayError } from './errors.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { Health } from './health.js'
import { computeWhile, isSigned } from './part-checksum.js'
import { missingParts, partBytes } from './plan-parts.js'
import { noteNextPart } from './resume.js'
import { type PartsRun, sendPart } from './send-part.js'
import { noteExpiry, Signatures, type SignedUrl, TOGETHER } from './signatures.js'
import type { MultipartRecord } from './upload-record.js'
import { findDifferentParts } from './verify-parts.js'

/** When no more signed parts than these wait for their slot, more are signed at once. */
const FEW = 2

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
  const known = created
    ? { stored: [], signed: created }
    : await computeWhile(askForParts(ticket, context, signal), file, record, scheduler.slots, signal)
  // It may have been completed, by another tab or in a reply that was lost: completing it again tells.
  if (!known) return
  const { stored, signed } = known
  const missing = missingParts(plan, stored)
  const missingBytes = missing.reduce((sum, partNumber) => sum + partBytes(plan, partNumber), 0)
  file.progress.start(plan.size - missingBytes)
  if (record.recalled && stored.length > 0) {
    const percent = Math.floor((1 - missingBytes / plan.size) * 100)
    context.tell('resuming', { name: file.request.name, percent })
  }

  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  const sign = (parts: PartToSign[]) => server.sign(ticket, parts, stop)
  const hasToBeSigned = isSigned(record.checksum)
  const isShort = () => scheduler.waiting(file) <= FEW
  // What has to be signed is not known ahead.
  const signatures = new Signatures(hasToBeSigned ? [] : missing, signed, sign, stop, isShort)
  const run: PartsRun = { file, record, signatures, health: new Health(), signal: stop }
  if (signed[0]) scheduler.meet(signed[0].urls)

  const sendAll = async (partNumbers: number[]) => {
    const rest = partNumbers.values()
    let left = partNumbers.length
    const workers: Promise<void>[] = []
    // In their order.
    const underWay = new Set<number>()
    // Each takes the next part from the one iterator, so no part waits for the slowest of a group.
    const work = async () => {
      for (const partNumber of rest) {
        underWay.add(partNumber)
        await sendPart(partNumber, run, context)
        underWay.delete(partNumber)
        left--
        const [nextPart] = underWay
        noteNextPart(file, record, nextPart, context)
        // The first of the last round.
        if (left === Math.min(scheduler.slots, partNumbers.length) - 1) server.expectComplete()
        hire()
      }
    }
    // Again after each part: signatures can tell of more hosts. All slots may become free at once, so checksums are
    // computed for as many parts as there are slots ahead of those that are sent.
    const hire = () => {
      const wanted = scheduler.slots * (record.checksum ? 2 : 1) + (hasToBeSigned ? TOGETHER : 0)
      while (workers.length < wanted) workers.push(work().catch(fail))
    }
    hire()
    for (const worker of workers) await worker
  }
  const fail = (error: unknown) => failed.abort(error)
  // What this page has sent, S3 has verified on arrival.
  const kept = record.recalled ? otherThan(missing, stored) : []
  const sending = sendAll(missing)
  // Behind the first parts to send: what is compared keeps nobody waiting.
  const verifying = findDifferentParts(file, record, kept, stop).catch(fail)
  await sending
  const different = (await verifying) ?? []
  stop.throwIfAborted()
  if (different.length > 0) {
    context.log(
      `${file.request.name}: ${different.length} parts on S3 are not the file's, sending them again.`,
    )
    file.progress.start(plan.size - different.reduce((sum, number) => sum + partBytes(plan, number), 0))
    await sendAll(different)
    stop.throwIfAborted()
  }
  record.recalled = false
}

function otherThan(missing: number[], stored: StoredPart[]): StoredPart[] {
  const isMissing = new Set(missing)
  return stored.filter(({ partNumber }) => !isMissing.has(partNumber))
}

/** `undefined`: S3 does not know the upload any more. */
async function askForParts(
  ticket: string,
  { server }: UploadContext,
  signal: AbortSignal,
): Promise<{ stored: StoredPart[]; signed: SignedUrl[] } | undefined> {
  try {
    const { parts, signed = [] } = await server.storedParts({ ticket, sign: true }, signal)
    return { stored: parts, signed: noteExpiry(signed) }
  } catch (error) {
    if (error instanceof PartwayError && error.code === 'upload_gone') return undefined
    throw error
  }
}

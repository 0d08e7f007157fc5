// The missing parts of a large file, in parallel over the page's slots.
import type { PartToSign, StoredPart } from '@partway/koa/protocol'
import { type EarlyPart, sendEarly } from './early-part.js'
import { PartwayError } from './errors.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { Health } from './health.js'
import { computeWhile, type ExpectedParts, isSigned } from './part-checksum.js'
import { missingParts, partBytes, partsFrom } from './plan-parts.js'
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
  const { ticket } = record
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  const fail = (error: unknown) => failed.abort(error)
  const sign = (parts: PartToSign[]) => server.sign(ticket, parts, stop)
  const signatures = new Signatures(sign, stop, () => scheduler.waiting(file) <= FEW)
  const run = { file, record, signatures, health: new Health(), signal: stop }
  if (created) return await sendMissing({ stored: [], signed: created }, undefined, run, fail, context)
  // Before the early one moves the mark.
  const rest = expectRest(record, scheduler.limit)
  const early = sendEarly(run, context)
  // What that needs goes first.
  await undefined
  try {
    const asking = askForParts(ticket, context, stop)
    const known = await computeWhile(asking, file, rest, context, stop)
    // It may have been completed, by another tab or in a reply that was lost: completing it again tells.
    if (known) await sendMissing(known, early, run, fail, context)
  } finally {
    await early?.end()
  }
}

async function sendMissing(
  { stored, signed }: KnownParts,
  begun: EarlyPart | undefined,
  run: PartsRun,
  fail: (error: unknown) => void,
  context: UploadContext,
): Promise<void> {
  const { file, record, signatures, signal } = run
  const { server, scheduler } = context
  const { plan } = record
  const missing = missingParts(plan, stored)
  const early = begun && missing.includes(begun.partNumber) ? begun : undefined
  // Another browser may have sent it.
  if (!early) void begun?.end()
  const missingBytes = missing.reduce((sum, partNumber) => sum + partBytes(plan, partNumber), 0)
  file.progress.start(plan.size - missingBytes)
  if (record.recalled && stored.length > 0) {
    const percent = Math.floor((1 - missingBytes / plan.size) * 100)
    context.tell('resuming', { name: file.request.name, percent })
  }

  const hasToBeSigned = isSigned(record.checksum)
  // What has to be signed is not known ahead.
  signatures.expect(hasToBeSigned ? [] : missing.filter((number) => number !== early?.partNumber), signed)
  if (signed[0]) scheduler.meet(signed[0].urls)

  const sendAll = async (partNumbers: number[]) => {
    const rest = partNumbers.values()
    let left = partNumbers.length
    const workers: Promise<void>[] = []
    // Each takes the next part from the one iterator, so no part waits for the slowest of a group.
    const work = async () => {
      for (const partNumber of rest) {
        await (partNumber === early?.partNumber ? early.arriving : sendPart(partNumber, run, context))
        file.progress.arrived(partNumber, partBytes(plan, partNumber))
        left--
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
  // What this page has sent, S3 has verified on arrival.
  const kept = record.recalled ? otherThan(missing, stored) : []
  const sending = sendAll(missing)
  // Behind the first parts to send: what is compared keeps nobody waiting.
  const verifying = findDifferentParts(file, record, kept, context, signal).catch(fail)
  await sending
  const different = (await verifying) ?? []
  signal.throwIfAborted()
  if (different.length > 0) {
    context.log(
      `${file.request.name}: ${different.length} parts on S3 are not the file's, sending them again.`,
    )
    file.progress.start(plan.size - different.reduce((sum, number) => sum + partBytes(plan, number), 0))
    await sendAll(different)
    signal.throwIfAborted()
  }
  record.recalled = false
}

/** What S3 has, and signatures of what it lacks. */
interface KnownParts {
  stored: StoredPart[]
  signed: SignedUrl[]
}

/** The last of those that an earlier page load began: it had them under way. */
function expectRest(
  { checksum, plan, recalled, untouchedFrom }: MultipartRecord,
  limit: number,
): ExpectedParts {
  if (!recalled || untouchedFrom === undefined) return { checksum, plan }
  return { checksum, plan, nextParts: partsFrom(Math.max(1, untouchedFrom - limit), limit, plan) }
}

function otherThan(missing: number[], stored: StoredPart[]): StoredPart[] {
  const isMissing = new Set(missing)
  return stored.filter(({ partNumber }) => !isMissing.has(partNumber))
}

/** `undefined`: S3 does not know the upload any more. */
async function askForParts(
  ticket: string,
  { server, tell }: UploadContext,
  signal: AbortSignal,
): Promise<KnownParts | undefined> {
  try {
    const { parts, signed = [] } = await server.storedParts({ ticket, sign: true }, signal, tell)
    return { stored: parts, signed: noteExpiry(signed) }
  } catch (error) {
    if (error instanceof PartwayError && error.code === 'upload_gone') return undefined
    throw error
  }
}

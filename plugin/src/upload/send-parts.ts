// The missing parts of a large file, in parallel over the page's slots.
import type { PartToSign } from '@partway/server/protocol'
import { PartwayError } from '../errors.js'
import { noteExpiry, Signatures, TOGETHER } from '../server/signatures.js'
import { Health } from '../transfer/retry.js'
import { AnotherUpload } from './another-upload.js'
import { compareParts, compareSizes } from './compare-parts.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { computeAll, isSigned } from './part-checksum.js'
import { missingParts, partBytes } from './plan-parts.js'
import { type PartsRun, sendPart } from './send-part.js'
import type { KnownParts, MultipartRecord } from './upload-record.js'

/** When no more signed parts than these wait for their slot, more are signed at once. */
const FEW = 2

/**
 * Sends what S3 does not hold yet. When this settles, in whatever way, none of the file's transfers is under way.
 *
 * @param created What came with the grant; otherwise S3 is asked what it holds. `'complete'`: all of it, put together.
 * @throws AnotherUpload if what S3 holds is not the file's, or is not known to be.
 */
export async function sendParts(
  file: FileUpload,
  record: MultipartRecord,
  created: KnownParts | 'complete' | undefined,
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
  const known = created ?? (await askForParts(file, ticket, context, stop))
  if (known && known !== 'complete') return await sendMissing(known, run, fail, context)
  // It may have been completed, by another page, the server, or in a reply that was lost: completing it again tells, and
  // compares.
  await computeAll(file, record, context, signal)
}

async function sendMissing(
  { stored, signed }: KnownParts,
  run: PartsRun,
  fail: (error: unknown) => void,
  context: UploadContext,
): Promise<void> {
  const { file, record, signatures, signal } = run
  const { server, scheduler } = context
  const { plan } = record
  compareSizes(file, record, stored)
  const missing = missingParts(plan, stored)
  const missingBytes = missing.reduce((sum, partNumber) => sum + partBytes(plan, partNumber), 0)
  file.progress.start(plan.size - missingBytes)
  if (record.compare && stored.length > 0) {
    const percent = Math.floor((1 - missingBytes / plan.size) * 100)
    context.tell('resuming', { name: file.request.name, percent })
  }
  const compare = () => compareParts(file, record, stored, context, signal)
  if (record.compare === 'first') await compare()
  const hasToBeSigned = isSigned(record.checksum)
  // What has to be signed is not known ahead.
  signatures.expect(hasToBeSigned ? [] : missing, signed)
  if (signed[0]) scheduler.meet(signed[0].urls)

  const rest = missing.values()
  let left = missing.length
  const workers: Promise<void>[] = []
  // Each takes the next part from the one iterator, so no part waits for the slowest of a group.
  const work = async () => {
    for (const partNumber of rest) {
      // Whoever finds all parts on S3 completes the upload.
      if (partNumber === missing.at(-1)) await comparing
      await sendPart(partNumber, run, context)
      record.hasSent = true
      file.progress.arrived(partNumber, partBytes(plan, partNumber))
      left--
      // The first of the last round.
      if (left === Math.min(scheduler.slots, missing.length) - 1) server.expectComplete()
      hire()
    }
  }
  // Again after each part: signatures can tell of more hosts. All slots may become free at once, so checksums are
  // computed for as many parts as there are slots ahead of those that are sent.
  const hire = () => {
    const wanted = scheduler.slots * (record.checksum ? 2 : 1) + (hasToBeSigned ? TOGETHER : 0)
    while (workers.length < wanted) workers.push(work().catch(fail))
  }
  // Behind the first parts to send: what is compared keeps nobody waiting.
  const comparing = Promise.resolve().then(() => (record.compare === 'beside' ? compare() : undefined))
  comparing.catch(fail)
  hire()
  for (const worker of workers) await worker
  await comparing.catch(() => {})
  signal.throwIfAborted()
  record.compare = undefined
}

/**
 * @returns `undefined`: S3 does not know the upload any more.
 * @throws AnotherUpload if it is not known to have been this file's.
 */
async function askForParts(
  { picked }: FileUpload,
  ticket: string,
  { server, tell }: UploadContext,
  signal: AbortSignal,
): Promise<KnownParts | undefined> {
  const isUnknown = picked && !picked.isSame
  try {
    // To sign for a file of which nobody knows whether it is the upload's would be to join that.
    const ask = isUnknown ? { ticket } : { ticket, sign: true }
    const { parts, signed = [] } = await server.storedParts(ask, signal, tell)
    return { stored: parts, signed: noteExpiry(signed) }
  } catch (error) {
    if (!(error instanceof PartwayError && error.code === 'upload_gone')) throw error
    if (isUnknown) throw new AnotherUpload(error)
    return undefined
  }
}

// One file, from wherever it stands to the finished object.
import type { CompletedUpload, FileRequest } from '@partway/koa/protocol'
import { isGone, isIncomplete, isMismatch, PartwayError } from './errors.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { nonceOf } from './nonce.js'
import { computeWhile, md5OfWhole } from './part-checksum.js'
import { pickedFor } from './picked-files.js'
import { forget, identify, isForeign, recall, remember } from './resume.js'
import { retrying } from './retry.js'
import { sendParts } from './send-parts.js'
import { sendWhole } from './send-whole.js'
import type { SignedUrl } from './signatures.js'
import { lockName, withUploadLock } from './upload-lock.js'
import { type MultipartRecord, toRecord, type UploadRecord } from './upload-record.js'
import { wholeChecksum } from './whole-checksum.js'

/** Uploads of one file that turned out to be gone, and the one after them. */
const MOST_STARTS = 3
/** Rounds in which S3 turned out not to have what was sent. */
const MOST_ROUNDS = 3

/**
 * Starts or continues a file's upload, which is the same, and finishes it. A large file's upload is found again after
 * a reload, and only one tab at a time works on it.
 *
 * Once `/create` or `/complete` is with the server its outcome is awaited even if `signal` aborts, so that an
 * upload is neither made twice nor called unfinished when it is finished.
 * @throws PartwayError, or the signal's reason.
 */
export async function uploadFile(
  file: FileUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<CompletedUpload> {
  const isBegun = file.key !== undefined || pickedFor(file.data) !== undefined
  if (!isBegun && !(await context.goesInParts(file.data.size, signal))) {
    return await finish(file, context, signal)
  }
  const key = file.key ?? (await identify(file, context, signal))
  file.key = key
  const run = async () => {
    file.waitsFor?.(undefined)
    return (await recall(file, key, context)) ?? (await finish(file, context, signal))
  }
  // Before anything that others need is taken: it may have to wait for long.
  return await withUploadLock(lockName(key), signal, run, () => file.waitsFor?.('tab'))
}

/**
 * Has the server abort a file's upload, if there is one, and forgets it: in this order, so that it is found again if the
 * page is closed meanwhile. Another tab that works on it finishes first.
 * @throws PartwayError if the server could not be told.
 */
export async function abortUpload(file: FileUpload, context: UploadContext): Promise<void> {
  const { key, record } = file
  if (!record) return
  const { signal } = new AbortController()
  const abort = async () => {
    await context.server.abort(record.ticket, signal)
    forget(file, context)
  }
  if (key) await withUploadLock(lockName(key), signal, abort)
  else await abort()
}

async function finish(
  file: FileUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<CompletedUpload> {
  for (let start = 1; ; start++) {
    const { record } = file
    try {
      return await sendAndComplete(file, context, signal)
    } catch (error) {
      const gone = isGone(error) || (record !== undefined && isForeign(error))
      if (gone || (error instanceof PartwayError && error.deleted)) forget(file, context)
      if (!gone || start === MOST_STARTS) throw error
      context.log(`${file.request.name}: the upload no longer exists, starting over.`)
    }
  }
}

async function sendAndComplete(
  file: FileUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<CompletedUpload> {
  for (let round = 1; ; round++) {
    const record = await context.admission.run(file, signal, () => sendMissing(file, context, signal))
    try {
      const { ticket } = record
      const partCount = record.kind === 'multipart' ? record.plan.partCount : 0
      return await context.server.complete(
        { ticket, partCount, checksum: await wholeChecksum(record) },
        signal,
      )
    } catch (error) {
      if (!isIncomplete(error) || round === MOST_ROUNDS) throw error
      if (record.kind !== 'multipart') record.sent = record.doubtful = false
      else if (isMismatch(error)) doubt(record)
      context.log(`${file.request.name}: S3 does not have all of it, sending again.`)
    }
  }
}

// What S3 has is compared with the file once more, as if another page load had sent it.
function doubt(record: MultipartRecord): void {
  record.recalled = true
  record.checksums.clear()
}

/** Brings S3 what it does not have of the file. */
async function sendMissing(
  file: FileUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<UploadRecord> {
  const { retry } = context.settings()
  const tries = { refusals: 0, unreadable: 0 }
  const attempt = async () => {
    const created = file.record ? undefined : await create(file, context, signal)
    const { record } = file
    if (record?.kind === 'multipart') await sendParts(file, record, created, context, signal)
    else if (record) await sendWhole(file, record, tries, context, signal)
    return record as UploadRecord
  }
  return retrying(attempt, {
    retry,
    signal,
    tell: context.tell,
    log: (message) => context.log(`${file.request.name}: ${message}`),
  })
}

/** What goes in one request is verified as a whole. */
async function withMd5(file: FileUpload, context: UploadContext, signal: AbortSignal): Promise<FileRequest> {
  const { request } = file
  const { checksum } = context.expectParts(request.size)
  const md5 = checksum && (await md5OfWhole(file, context, signal))
  return { ...request, ...(md5 !== undefined && { md5 }) }
}

/** @returns Signatures of its first parts. `undefined`: S3 may hold some of them. */
async function create(
  file: FileUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<SignedUrl[] | undefined> {
  const { key, request } = file
  const { server, expectParts } = context
  const wanted = key ? { ...request, nonce: nonceOf(key) } : withMd5(file, context, signal)
  const creating = server.create(wanted, signal)
  const grant = await (key
    ? computeWhile(creating, file, expectParts(request.size), context, signal)
    : creating)
  const { record, signed } = toRecord(grant, file.data.size)
  file.record = record
  if (grant.kind === 'multipart') remember(file, record, grant.ticketExpiresIn, context)
  signal.throwIfAborted()
  return signed
}

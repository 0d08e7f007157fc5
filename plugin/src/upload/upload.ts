// Takes one file from its current state to the finished object.
import type { CompletedUpload } from '@partway/server/protocol'
import { ClientError, PartwayError } from '../errors.js'
import { retrying } from '../transfer/retry.js'
import { createUpload } from './create-upload.js'
import { type AfterRefusal, AnotherUpload, decideAfterRefusal } from './decide.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { isIdempotencyKeyOf } from './identity.js'
import { knowSame } from './picked-upload.js'
import { sendParts } from './send-parts.js'
import { sendSingle } from './send-single.js'
import { followResult, leaveResult, shareResult, takeResult } from './share-result.js'
import { withUploadLock } from './upload-lock.js'
import type { UploadRecord } from './upload-record.js'
import { wholeChecksum } from './whole-checksum.js'

/** Most uploads of one file while each turns out to be gone. */
const MOST_STARTS = 3
/** Most rounds while S3 turns out not to have what was sent. */
const MOST_ROUNDS = 3
/** Most uploads of one file while each turns out to be another file's. */
const MOST_UPLOADS = 10

/**
 * Starts or resumes a file's upload, in the same way, and completes it. The idempotency key of a large file finds its
 * upload again, even after a reload, and only one tab at a time works on it.
 *
 * Once `/create` or `/complete` is in flight, its outcome is awaited even if `signal` aborts, so that an upload is
 * neither created twice nor called unfinished when it is complete.
 * @throws PartwayError, or the signal's reason.
 */
export async function uploadFile(
  file: FileUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<CompletedUpload> {
  const isLarge = file.lock !== undefined || file.picked !== undefined
  if (!isLarge && !(await context.goesInParts(file.data.size, signal))) {
    return await finish(file, context, signal)
  }
  for (let uploads = 1; ; uploads++) {
    const lock = await findLock(file, context, signal)
    file.lock = lock
    followResult(file, lock)
    const run = async () => {
      file.waitsFor?.(undefined)
      const result = await takeResult(file, context, signal)
      if (result) return result
      const completed = await finish(file, context, signal)
      context.handles.forget(file.data, lock)
      await shareResult(file, completed)
      return completed
    }
    try {
      // First, while it holds nothing that others need: it may wait long.
      return await withUploadLock(lock, signal, run, () => file.waitsFor?.('tab'))
    } catch (error) {
      if (!(error instanceof AnotherUpload)) throw error
      await leaveUpload(file, error, context, signal)
      if (uploads === MOST_UPLOADS) throw error.final
    } finally {
      context.changed()
    }
  }
}

/** @returns The key of the upload that the file starts or resumes. */
async function findLock(file: FileUpload, context: UploadContext, signal: AbortSignal): Promise<string> {
  const { picked, variant, identity } = file
  const base = await identity.base(file, context, signal)
  signal.throwIfAborted()
  if (picked) {
    if (isIdempotencyKeyOf(base, picked.idempotencyKey)) knowSame(picked)
    return picked.lock
  }
  const idempotencyKey = identity.idempotencyKey(base)
  return variant === 0 ? idempotencyKey : `${idempotencyKey}_${variant}`
}

/**
 * Has the server abort a file's upload, if there is one, and forgets it. Another tab that works on it finishes first.
 * @throws PartwayError if the call fails.
 */
export async function abortUpload(file: FileUpload, context: UploadContext): Promise<void> {
  const { lock, record, picked } = file
  // Removing a file must not abort an upload that it is not known to belong to.
  if (!record || (picked && !picked.isSame)) return
  const { signal } = new AbortController()
  const abort = async () => {
    await context.server.abort(record.ticket, signal)
    file.record = undefined
  }
  if (lock === undefined) return await abort()
  await withUploadLock(lock, signal, abort)
  context.handles.forget(file.data, lock)
  context.changed()
}

/** The file needs another upload: this one stays as it is, unless this page has mixed other bytes in. */
async function leaveUpload(
  file: FileUpload,
  { isMixed }: AnotherUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<void> {
  const { picked, record } = file
  context.log(`${file.request.name}: what S3 has is not the file’s, which is uploaded as another.`)
  if (record && isMixed) await context.server.abort(record.ticket, signal)
  file.record = undefined
  file.picked = undefined
  leaveResult(file)
  if (!picked && !isMixed) file.variant++
}

async function finish(
  file: FileUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<CompletedUpload> {
  const { name } = file.request
  file.record ??= file.picked?.record
  for (let start = 1; ; start++) {
    try {
      return await sendAndComplete(file, context, signal)
    } catch (error) {
      if (!(error instanceof PartwayError)) throw error
      if (error.deleted) file.record = undefined
      const next = afterRefusal(error, file)
      if (next === 'wait-for-owner') throw new ClientError('signed_in_as_other', { name })
      if (next === 'leave') throw new AnotherUpload(error)
      if (next !== 'create-again') throw error
      file.record = undefined
      if (start === MOST_STARTS) throw error
      context.log(`${name}: the upload no longer exists, starting over.`)
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
      if (record.kind !== 'multipart') return await context.server.complete({ ticket, partCount: 0 }, signal)
      const { partCount } = record.plan
      const checksum = await wholeChecksum(record, signal)
      record.whole = checksum
      return await context.server.complete({ ticket, partCount, checksum }, signal)
    } catch (error) {
      const next = afterRefusal(error, file)
      if ((next !== 'send-again' && next !== 'compare-again') || round === MOST_ROUNDS) throw error
      if (record.kind !== 'multipart') record.sent = record.doubtful = false
      else if (next === 'compare-again') {
        record.compare = 'first'
        record.checksums.clear()
      }
      context.log(`${file.request.name}: S3 does not have all of it, sending again.`)
    }
  }
}

/** Sends what S3 does not have of the file. */
async function sendMissing(
  file: FileUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<UploadRecord> {
  const { retry } = context.settings()
  const tries = { refusals: 0, unreadable: 0 }
  const attempt = async () => {
    const created = file.record ? undefined : await createUpload(file, context, signal)
    const { record } = file
    if (record?.kind === 'multipart') await sendParts(file, record, created, context, signal)
    else if (record) await sendSingle(file, record, tries, context, signal)
    return record as UploadRecord
  }
  return retrying(attempt, {
    retry,
    signal,
    notify: context.notify,
    log: (message) => context.log(`${file.request.name}: ${message}`),
  })
}

function afterRefusal(error: unknown, { lock, picked, owner }: FileUpload): AfterRefusal {
  const known = {
    isFoundByKey: lock !== undefined,
    isPicked: picked !== undefined,
    hasOwner: owner !== undefined,
  }
  return decideAfterRefusal({ error, ...known })
}

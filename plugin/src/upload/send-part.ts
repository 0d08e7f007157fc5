// Sends one part of a file until S3 has it.

import { ClientError, hostOf, TryFailure } from '../errors.js'
import type { Signatures } from '../server/signatures.js'
import { assertStored, isRefusal, isUnanswered } from '../transfer/read-answer.js'
import { type Health, retrying } from '../transfer/retry.js'
import { send } from '../transfer/send.js'
import type { OnLine } from '../transfer/slow-line.js'
import { assertPartUnedited } from './assert-unedited.js'
import { AnotherUpload } from './decide.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { comparePart, isSigned, partChecksum } from './part-checksum.js'
import { partRange } from './plan-parts.js'
import { assertReadable } from './read-in-turn.js'
import type { MultipartRecord } from './upload-record.js'

/** Tries in a row without a readable answer before the server is asked whether S3 has the part, or the upload at all. */
const MOST_UNREADABLE = 3

/** What the parts of one file share while they are sent. */
export interface PartsRun {
  file: FileUpload
  record: MultipartRecord
  signatures: Signatures
  health: Health
  signal: AbortSignal
  /** Ends the run with this error. */
  fail(error: unknown): void
}

/**
 * Sends a part in a slot, and retries until S3 has it. Each try has its own signature: on some stores a refused one
 * looks like a network error, because the reply has no CORS headers.
 */
export async function sendPart(partNumber: number, run: PartsRun, context: UploadContext): Promise<void> {
  const { file, record, signatures, health, signal } = run
  const { name } = file.request
  const { retry, stallTimeoutMs } = context.settings()
  const { start, end } = partRange(record.plan, partNumber)
  const blob = file.data.slice(start, end)
  const size = end - start
  let left = 0
  let refusals = 0
  let unreadable = 0

  const attempt = async () => {
    // S3 may have the part while the reply was lost. Some stores also hide from the page that the upload is gone.
    const doubtful = unreadable > 0 && (left === size || unreadable % MOST_UNREADABLE === 0)
    const checksum = await partChecksum(partNumber, file, record, context, signal)
    if (doubtful && (await isStored())) return
    const signed = isSigned(record.checksum) && checksum !== undefined
    const { urls, headers, life } = await signatures.take({ partNumber, ...(signed && { checksum }) })
    const transfer = async (url: string, line: OnLine) => {
      signatures.started()
      // The signature may have expired while the part waited for its slot.
      if (life.isOver) throw expired(url)
      left = 0
      line.cut.addEventListener('abort', () => file.progress.failed(partNumber))
      const answer = await send({
        method: 'PUT',
        url,
        headers: { ...headers, ...(!signed && checksum !== undefined && { 'Content-MD5': checksum }) },
        body: blob,
        size,
        signal: AbortSignal.any([signal, line.cut]),
        stallTimeoutMs,
        onProgress(bytes) {
          left = bytes
          file.progress.sending(partNumber, bytes)
          line.sent(bytes, size)
        },
      })
      refusals = isRefusal(answer) ? refusals + 1 : 0
      unreadable = answer.status === 0 ? unreadable + 1 : 0
      // Some stores hide a refusal from the page.
      if (refusals + unreadable > 0) life.end()
      // The transfer was wrong, or the file has been edited since the checksum was computed.
      if (answer.storageCode === 'BadDigest') await assertPartUnedited(partNumber, run, context)
      assertStored(answer, { url, refusals })
    }
    await context.scheduler.run(file, signal, transfer, urls)
  }
  const isStored = async () => {
    const { parts } = await context.server.storedParts({ ticket: record.ticket }, signal, context.notify)
    const part = parts.find((candidate) => candidate.partNumber === partNumber && candidate.size === size)
    if (!part) return false
    const comparison = await comparePart(part, file, record, context, signal)
    if (comparison !== 'differs') return true
    throw new AnotherUpload(new ClientError('file_differs', { name }), record.hasSent)
  }
  const attemptAndShow = async () => {
    try {
      await attempt()
    } catch (error) {
      file.progress.failed(partNumber)
      if (isUnanswered(error)) await assertReadable(file, blob.slice(left), context, signal)
      file.tryFailed(error)
      throw error
    }
  }
  const log = (message: string) => context.log(`${name}, part ${partNumber}: ${message}`)
  await retrying(attemptAndShow, { retry, signal, health, log, notify: context.notify })
}

function expired(url: string): TryFailure {
  return new TryFailure(new ClientError('grant_expired', { host: hostOf(url) }), { atOnce: true })
}

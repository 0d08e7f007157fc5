// Reads S3's answer to a transfer: stored, try again, or failed.
import { ClientError, hostOf, TryFailure } from '../errors.js'
import type { Answer } from './send.js'

/** Refusals of fresh signatures in a row before they are believed. */
const MOST_REFUSALS = 3

/** S3's codes that come with a 4xx status and yet are worth a retry. */
const PASSING_CODES = ['RequestTimeout', 'BadDigest', 'IncompleteBody', 'OperationAborted']

/** What is needed of a transfer to read its answer. */
export interface Sent {
  /** Where it was sent. */
  url: string
  /** How often S3 has refused its signature in a row. */
  refusals: number
}

/** Whether S3 refused the signature. An answer that the page may not read can hide a refusal, too. */
export function isRefusal({ status, storageCode }: Answer): boolean {
  return status === 403 || storageCode === 'ExpiredToken'
}

/** Whether a try failed without an answer that the page may read. The file may have been unreadable. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof TryFailure && error.final.isNetworkError
}

/** @throws unless the answer says that S3 has stored what was sent. */
export function assertStored(answer: Answer, { url, refusals }: Sent): void {
  const { status, stalled, storageCode, retryAfterMs } = answer
  if (status >= 200 && status < 300) return
  const host = hostOf(url)
  if (status === 0) {
    throw new TryFailure(new ClientError(stalled ? 'upload_stalled' : 'network_error', { host }))
  }
  // Ceph says NoSuchKey for an upload that is gone.
  if (status === 404 && (storageCode === 'NoSuchUpload' || storageCode === 'NoSuchKey')) {
    throw new ClientError('upload_gone', { host }, { status, storageCode })
  }
  const refused = new ClientError(
    'storage_refused',
    { host, reason: storageCode || `status ${status}` },
    { status, storageCode },
  )
  if (isRefusal(answer) && refusals < MOST_REFUSALS) throw new TryFailure(refused, { atOnce: refusals === 1 })
  if (status >= 500 || status === 429 || status === 408 || PASSING_CODES.includes(storageCode)) {
    const unavailable = new ClientError('storage_unavailable', { host, status }, { status, storageCode })
    throw new TryFailure(unavailable, { afterMs: retryAfterMs })
  }
  throw refused
}

// A file's way back to the upload that it had in an earlier page load.
import type { CompletedUpload, FileRequest } from '@partway/koa/protocol'
import { PartwayError } from './errors.js'
import { handleOf } from './file-handles.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { fingerprint } from './fingerprint.js'
import { type StoredUpload, toAbsolute, type UploadKey } from './stored-upload.js'
import type { MultipartRecord, UploadRecord } from './upload-record.js'

/** Another tab with the same file may be paused for long. */
const KEEP_COMPLETED_MS = 86_400_000

/**
 * What the file's upload is found by, in every page load.
 * @throws ClientError `file_unreadable`, or the signal's reason.
 */
export async function identify(
  file: FileUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<UploadKey> {
  const { endpoint, owner } = context.settings()
  const identity = await context.readers.run(file, signal, () =>
    fingerprint({ ...file.request, data: file.data }),
  )
  return { endpoint: toAbsolute(endpoint), owner, fingerprint: identity }
}

/**
 * Takes over what the browser knows of the file: another tab, or an earlier page load, may have begun, replaced or
 * finished its upload.
 *
 * @returns What another tab has made of it since this one began.
 */
export async function recall(
  file: FileUpload,
  key: UploadKey,
  { store }: UploadContext,
): Promise<CompletedUpload | undefined> {
  const stored = await store.get(key)
  if (!stored) return undefined
  const { ticket, objectKey, plan, checksum, completed, createdAt } = stored
  if (completed) {
    if (createdAt < file.begunAt) return undefined
    file.record = undefined
    return completed
  }
  if (ticket !== file.record?.ticket && plan.size === file.data.size) {
    file.record = { kind: 'multipart', ticket, key: objectKey, plan, checksum, recalled: true }
  }
  return undefined
}

/** Keeps a new upload for later page loads. */
export function remember(
  { key, request, data }: FileUpload,
  record: UploadRecord,
  ticketExpiresInSeconds: number,
  { store }: UploadContext,
): void {
  if (!key || record.kind !== 'multipart') return
  const handle = handleOf(data)
  const stored = toStored(key, request, record, ticketExpiresInSeconds * 1000)
  void store.put({ ...stored, ...(handle && { handle }) })
}

/** The file is an object. Only tabs that have it, too, want to know. */
export function noteCompleted(file: FileUpload, completed: CompletedUpload, { store }: UploadContext): void {
  const { key, record, request } = file
  file.record = undefined
  if (!key || record?.kind !== 'multipart') return
  void store.put({ ...toStored(key, request, record, KEEP_COMPLETED_MS), completed })
}

function toStored(
  key: UploadKey,
  { name, type, size, metadata = {} }: FileRequest,
  { ticket, key: objectKey, plan, checksum }: MultipartRecord,
  keepMs: number,
): StoredUpload {
  const createdAt = Date.now()
  return {
    ...key,
    name,
    type,
    size,
    metadata,
    ticket,
    objectKey,
    plan,
    checksum,
    createdAt,
    expiresAt: createdAt + keepMs,
  }
}

/** The upload is gone: nobody can go on with it. */
export function forget(file: FileUpload, { store }: UploadContext): void {
  const { key, record } = file
  file.record = undefined
  if (key && record) void store.delete({ ...key, ticket: record.ticket })
}

/** Whether the server will not let this page go on with the upload: someone else began it, or with other secrets. */
export function isForeign(error: unknown): boolean {
  const codes = ['ticket_invalid', 'ticket_not_yours', 'ticket_wrong_kind']
  return error instanceof PartwayError && codes.includes(error.code)
}

// A file's way back to the upload that it had in an earlier page load.
import type { CompletedUpload, FileRequest } from '@partway/koa/protocol'
import { PartwayError } from './errors.js'
import { handleOf } from './file-handles.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { fingerprint } from './fingerprint.js'
import { type StoredUpload, toAbsolute, type UploadKey } from './stored-upload.js'
import type { MultipartRecord, UploadRecord } from './upload-record.js'

/** Tabs that wait ask every few seconds. */
const KEEP_COMPLETED_MS = 60_000

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

/** The upload that an earlier page load began, if the browser knows of one. */
export async function recall(
  { data }: FileUpload,
  key: UploadKey,
  { store }: UploadContext,
): Promise<MultipartRecord | undefined> {
  const stored = await store.get(key)
  if (!stored || stored.completed || stored.size !== data.size) return undefined
  const { ticket, objectKey, plan, checksum } = stored
  return { kind: 'multipart', ticket, key: objectKey, plan, checksum, recalled: true }
}

/** What another tab has made of the same file while this one waited for it. */
export async function findCompleted(
  key: UploadKey,
  { store }: UploadContext,
): Promise<CompletedUpload | undefined> {
  return (await store.get(key))?.completed
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

/** The file is an object. Only tabs that wait for it want to know. */
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

// A file's way back to the upload that it had in an earlier page load.
import type { CompletedUpload, FileRequest } from '@partway/koa/protocol'
import { PartwayError } from './errors.js'
import { handleOf } from './file-handles.js'
import type { FileUpload, IdentifiableFile, UploadContext } from './file-upload.js'
import { fingerprint } from './fingerprint.js'
import { pickedFor, takePicked } from './picked-files.js'
import { type Read, readInTurn } from './read-in-turn.js'
import { type StoredUpload, toAbsolute, type UploadKey } from './stored-upload.js'
import type { MultipartRecord, UploadRecord } from './upload-record.js'
import type { UploadStore } from './upload-store.js'

/** Another tab with the same file may be paused for long. */
const KEEP_COMPLETED_MS = 86_400_000

/** Of files that were read, and what was said of them then. */
const fingerprints = new WeakMap<Blob, { request: string; fingerprint: string }>()

/**
 * What the file's upload is found by, in every page load. A file that has been read for it is not read again.
 * @throws ClientError `file_unreadable`, or the signal's reason.
 */
export async function identify(
  file: IdentifiableFile,
  context: UploadContext,
  signal: AbortSignal,
): Promise<UploadKey> {
  const { data } = file
  const picked = pickedFor(data)?.key
  if (picked) return picked
  const { endpoint, owner } = context.settings()
  const request = JSON.stringify(file.request)
  let read = fingerprints.get(data)
  if (read?.request !== request) {
    const identify: Read<string> = (...how) => fingerprint({ ...file.request, data }, ...how)
    read = { request, fingerprint: await readInTurn(file, context.readers, context, signal, identify) }
    fingerprints.set(data, read)
  }
  return { endpoint: toAbsolute(endpoint), owner, fingerprint: read.fingerprint }
}

/**
 * Takes over the upload that the user picked the file for, or what the browser knows of the file: another tab, or an
 * earlier page load, may have begun, replaced or finished its upload.
 *
 * @returns What another tab has made of it since this one began.
 */
export async function recall(
  file: FileUpload,
  key: UploadKey,
  { store }: UploadContext,
): Promise<CompletedUpload | undefined> {
  const picked = takePicked(file.data)
  if (picked) {
    const record = toRecalled({ ...picked, picked: true })
    file.record = record
    keep(file, toStored(key, file.request, record, picked), store)
    return undefined
  }
  const stored = await store.get(key)
  if (!stored) return undefined
  const { ticket, plan, completed, createdAt } = stored
  if (completed) {
    if (createdAt < file.begunAt) return undefined
    file.record = undefined
    return completed
  }
  if (ticket !== file.record?.ticket && plan.size === file.data.size) file.record = toRecalled(stored)
  return undefined
}

/** The upload as this page goes on with it. */
export function toRecalled(
  upload: Pick<StoredUpload, 'ticket' | 'objectKey' | 'plan' | 'checksum' | 'untouchedFrom' | 'picked'>,
): MultipartRecord {
  const { ticket, objectKey: key, plan, checksum, untouchedFrom, picked = false } = upload
  const state = { checksums: new Map(), untouchedFrom, recalled: true, picked }
  return { kind: 'multipart', ticket, key, plan, checksum, ...state }
}

/** Keeps a new upload for later page loads. */
export function remember(
  file: FileUpload,
  record: UploadRecord,
  ticketExpiresInSeconds: number,
  { store, scheduler }: UploadContext,
): void {
  const { key, request } = file
  if (!key || record.kind !== 'multipart') return
  // Those that are sent at once need no note of their own.
  if (!record.recalled) record.untouchedFrom = 1 + scheduler.limit
  keep(file, toStored(key, request, record, lasting(ticketExpiresInSeconds * 1000)), store)
}

function keep({ data }: FileUpload, stored: StoredUpload, store: UploadStore): void {
  const handle = handleOf(data)
  void store.put({ ...stored, ...(handle && { handle }) })
}

/** Before a part is sent: no later page load may take it for one that S3 cannot have. Several are noted at a time. */
export async function noteTouched(
  partNumber: number,
  { key }: FileUpload,
  record: MultipartRecord,
  { store, scheduler }: UploadContext,
): Promise<void> {
  const { untouchedFrom, ticket } = record
  if (key && untouchedFrom !== undefined && partNumber >= untouchedFrom) {
    record.untouchedFrom = partNumber + scheduler.limit
    record.noted = store.noteUntouched({ ...key, ticket, untouchedFrom: record.untouchedFrom })
  }
  await record.noted
}

/** The file is an object. Only tabs that have it, too, want to know. */
export function noteCompleted(file: FileUpload, completed: CompletedUpload, { store }: UploadContext): void {
  const { key, record, request } = file
  file.record = undefined
  if (!key || record?.kind !== 'multipart') return
  void store.put({ ...toStored(key, request, record, lasting(KEEP_COMPLETED_MS)), completed })
}

function toStored(
  key: UploadKey,
  { name, type, size, metadata = {} }: FileRequest,
  { ticket, key: objectKey, plan, checksum, untouchedFrom, picked }: MultipartRecord,
  { createdAt, expiresAt }: Pick<StoredUpload, 'createdAt' | 'expiresAt'>,
): StoredUpload {
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
    untouchedFrom,
    createdAt,
    expiresAt,
    picked,
  }
}

function lasting(ms: number): Pick<StoredUpload, 'createdAt' | 'expiresAt'> {
  const createdAt = Date.now()
  return { createdAt, expiresAt: createdAt + ms }
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

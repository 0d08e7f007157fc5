// An unfinished upload that the user has picked a file for.
import type { UnfinishedUpload } from '@partway/server/protocol'
import type { MultipartRecord } from './upload-record.js'

export interface PickedUpload {
  record: MultipartRecord
  /** From the page that started it. */
  idempotencyKey: string | undefined
  /** Who started it. */
  owner: string
  /** Name of its lock. */
  lock: string
  /** The file is known to belong to the upload, by its key or by comparison. */
  isSame: boolean
}

/** @param listed as the server has just sent it */
export function toPicked(listed: UnfinishedUpload): PickedUpload {
  const { ticket, key, owner, size, partSize, partCount, checksum, idempotencyKey } = listed
  const plan = { size, partSize, partCount }
  const record = { kind: 'multipart', ticket, key, plan, checksum, checksums: new Map() } as const
  return {
    record: { ...record, compare: 'first' },
    idempotencyKey,
    owner,
    lock: lockOf(listed),
    isSame: false,
  }
}

/** The file belongs to the upload: what S3 has may be compared while the rest is sent. */
export function knowSame(picked: PickedUpload): void {
  if (!picked.isSame && picked.record.compare) picked.record.compare = 'beside'
  picked.isSame = true
}

/** Whether the user picked the file for its upload, and nothing yet proves that it belongs to it. */
export function isUnproven({ picked }: { picked?: PickedUpload | undefined }): boolean {
  return picked !== undefined && !picked.isSame
}

/** The name of its lock. */
export function lockOf({ idempotencyKey, id }: Pick<UnfinishedUpload, 'idempotencyKey' | 'id'>): string {
  return idempotencyKey ?? id
}

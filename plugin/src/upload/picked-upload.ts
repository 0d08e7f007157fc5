// An unfinished upload that the user has picked a file for.
import type { UnfinishedUpload } from '@partway/server/protocol'
import type { MultipartRecord } from './upload-record.js'

export interface PickedUpload {
  record: MultipartRecord
  /** Of the page that began it. */
  idempotencyKey: string | undefined
  /** Who began it. */
  owner: string
  /** Of its lock. */
  lock: string
  /** The file is known to be the upload's, because it has its key or has been compared. */
  isSame: boolean
}

/** @param listed by the server, just now */
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

/** The file turned out to be the upload's: what S3 has may be compared while the rest goes up. */
export function knowSame(picked: PickedUpload): void {
  if (!picked.isSame && picked.record.compare) picked.record.compare = 'beside'
  picked.isSame = true
}

/** Whether the user picked the file for its upload, and nothing yet says that it is the upload's. */
export function isUnproven({ picked }: { picked?: PickedUpload | undefined }): boolean {
  return picked !== undefined && !picked.isSame
}

/** What its lock is named for. */
export function lockOf({ idempotencyKey, id }: Pick<UnfinishedUpload, 'idempotencyKey' | 'id'>): string {
  return idempotencyKey ?? id
}

// What the page knows of an upload that exists on the server. Kept over pause, error and retry.
import type { ChecksumKind, FormGrant, Grant, PutGrant } from '@partway/koa/protocol'
import type { Lifetime } from './lifetime.js'
import type { PartPlan } from './plan-parts.js'
import { lifeOf, noteExpiry, type SignedUrl } from './signatures.js'
import type { StoredUpload } from './stored-upload.js'

interface RecordBase {
  /** Stands for the upload in every call to the server. */
  ticket: string
  key: string
}

/** A large file. */
export interface MultipartRecord extends RecordBase {
  kind: 'multipart'
  plan: PartPlan
  /** What the server wants each part to be sent with. */
  checksum: ChecksumKind | undefined
  /** Of the file's parts, in Base64, as far as this page has computed them and still needs them. */
  checksums: Map<number, string>
  /** See {@link StoredUpload}. */
  untouchedFrom?: StoredUpload['untouchedFrom']
  /** Settles when that is kept. */
  noted?: Promise<void>
  /** An earlier page load began it, and what S3 has of it is not verified yet. */
  recalled: boolean
  /** The user picked the file for it: only parts that were compared are known to be the file's. */
  picked: boolean
}

/** A small file. */
export interface WholeRecord extends RecordBase {
  kind: 'form' | 'put'
  grant: FormGrant | PutGrant
  life: Lifetime
  /** S3 has taken it. */
  sent: boolean
  /** S3 may have taken it: the reply to a try did not arrive. Completing it tells. */
  doubtful: boolean
}

export type UploadRecord = MultipartRecord | WholeRecord

/** The first part that no page of this browser has begun to send. `undefined`: there is none, or it is not known. */
export function untouchedPart({ untouchedFrom, plan }: MultipartRecord): number | undefined {
  return untouchedFrom !== undefined && untouchedFrom <= plan.partCount ? untouchedFrom : undefined
}

/** Notes what the server granted, just now. */
export function toRecord(
  grant: Grant,
  size: number,
): { record: UploadRecord; signed: SignedUrl[] | undefined } {
  const { kind, ticket, key } = grant
  if (kind === 'multipart') {
    const { partSize, partCount, checksum, parts, isBegun = false } = grant
    const plan = { size, partSize, partCount }
    const state = { checksums: new Map(), recalled: isBegun, picked: false }
    const signed = isBegun ? undefined : noteExpiry(parts)
    return { record: { kind, ticket, key, plan, checksum, ...state }, signed }
  }
  const record: WholeRecord = {
    kind,
    ticket,
    key,
    grant,
    life: lifeOf(grant.expiresIn),
    sent: false,
    doubtful: false,
  }
  return { record, signed: undefined }
}

// What the page knows of an upload that exists on the server. Kept over pause, error and retry.
import type {
  ChecksumKind,
  FormGrant,
  Grant,
  MultipartGrant,
  PutGrant,
  StoredPart,
} from '@partway/server/protocol'
import { lifetimeOf, type SignedUrl, withLifetime } from '../server/signatures.js'
import type { Lifetime } from '../transfer/lifetime.js'
import type { PartPlan } from './plan-parts.js'

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
  /** Of the file's parts, in Base64, as far as this page has computed them. */
  checksums: Map<number, string>
  /** What S3 has is still to be compared with the file: beside the sending, or before anything is sent. */
  compare?: 'beside' | 'first' | undefined
  /** What they make of the whole, as it was last completed with. */
  whole?: string | undefined
  /** A part has arrived from this page. */
  hasSent?: boolean
}

/** A file in one request. */
export interface SingleRecord extends RecordBase {
  kind: 'form' | 'put'
  grant: FormGrant | PutGrant
  life: Lifetime
  /** S3 has taken it. */
  sent: boolean
  /** S3 may have taken it: the reply to a try did not arrive. Completing it tells. */
  doubtful: boolean
}

export type UploadRecord = MultipartRecord | SingleRecord

/** What S3 has of an upload in parts, and signatures of what it lacks. */
export interface KnownParts {
  stored: StoredPart[]
  signed: SignedUrl[]
}

/** Notes what the server granted, just now. */
export function toRecord(grant: Grant, size: number): UploadRecord {
  const { kind, ticket, key } = grant
  if (kind === 'multipart') {
    const { partSize, partCount, checksum, stored } = grant
    const compare = stored.length > 0 ? 'beside' : undefined
    return { kind, ticket, key, plan: { size, partSize, partCount }, checksum, checksums: new Map(), compare }
  }
  return { kind, ticket, key, grant, life: lifetimeOf(grant.expiresIn), sent: false, doubtful: false }
}

/** What came with the grant. */
export function knownParts({ stored, parts }: MultipartGrant): KnownParts {
  return { stored, signed: withLifetime(parts) }
}

// What the page knows of an upload that exists on the server. Kept across pause, error and retry.
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
  /** Identifies the upload in every call to the server. */
  ticket: string
  key: string
}

/** A large file. */
export interface MultipartRecord extends RecordBase {
  kind: 'multipart'
  plan: PartPlan
  /** The checksum that the server wants with each part. */
  checksum: ChecksumKind | undefined
  /** By part number, in Base64, as far as this page has computed them. */
  checksums: Map<number, string>
  /** When to compare what S3 has with the file: while parts are sent, or before. */
  compare?: 'beside' | 'first' | undefined
  /** Checksum of the whole, as last sent to complete it. */
  whole?: string | undefined
  /** S3 has stored a part from this page since all that it had was compared. */
  hasSent?: boolean
}

/** A file in one request. */
export interface SingleRecord extends RecordBase {
  kind: 'form' | 'put'
  grant: FormGrant | PutGrant
  life: Lifetime
  /** S3 has stored it. */
  sent: boolean
  /** S3 may have stored it: the reply to a try was lost. Completing it shows. */
  doubtful: boolean
}

export type UploadRecord = MultipartRecord | SingleRecord

/** What S3 has of a multipart upload, and signatures for what it lacks. */
export interface KnownParts {
  stored: StoredPart[]
  signed: SignedUrl[]
}

/** Records a grant that has just arrived. */
export function toRecord(grant: Grant, size: number): UploadRecord {
  const { kind, ticket, key } = grant
  if (kind === 'multipart') {
    const { partSize, partCount, checksum, stored } = grant
    const compare = stored.length > 0 ? 'beside' : undefined
    return { kind, ticket, key, plan: { size, partSize, partCount }, checksum, checksums: new Map(), compare }
  }
  return { kind, ticket, key, grant, life: lifetimeOf(grant.expiresIn), sent: false, doubtful: false }
}

/** The parts and signatures that came with the grant. */
export function knownParts({ stored, parts }: MultipartGrant): KnownParts {
  return { stored, signed: withLifetime(parts) }
}

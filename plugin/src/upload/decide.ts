// Decides how an upload continues, from what the page knows, what S3 has and what was computed. Pure: the effects are
// in `upload.ts` and `send-parts.ts`.
import type { StoredPart } from '@partway/server/protocol'
import type { PartwayErrorCode } from '../error-codes.js'
import { PartwayError } from '../errors.js'
import { missingParts, type PartPlan, partBytes } from './plan-parts.js'

/** How a part on S3 compares with the file. `unknown`: S3 has no checksum of it, or the page cannot compute one. */
export type Comparison = 'same' | 'differs' | 'unknown'

/** What is known of a multipart upload that exists on S3. */
export interface KnownUpload {
  plan: PartPlan
  /** Whether completion verifies the whole object. */
  hasChecksum: boolean
  /** The user picked the file for this upload, and nothing yet proves that it belongs to it. */
  isUnproven: boolean
  /** When to compare what S3 has with the file. `undefined`: not at all. */
  compare: 'beside' | 'first' | undefined
  /** S3 has stored a part from this page since all that it had was compared. */
  hasSent: boolean
  /** Parts on S3. */
  stored: StoredPart[]
  /** By part number. */
  compared: ReadonlyMap<number, Comparison>
}

export type NextStep =
  /** Compare this part, and decide again. */
  | { step: 'compare'; part: StoredPart }
  /** Send these part numbers. Compare these parts meanwhile, and decide again after each. */
  | { step: 'send'; missing: number[]; compare: StoredPart[] }
  /** S3 has every part, and every part is the file's. */
  | { step: 'complete' }
  /** The file needs another upload. This one stays as it is, unless the page has mixed the file's bytes into it. */
  | { step: 'leave'; isMixed: boolean }
  /** The user picked the wrong file. */
  | { step: 'refuse' }

export function decideNext(known: KnownUpload): NextStep {
  const { plan, hasChecksum, isUnproven, compare, hasSent, stored, compared } = known
  const leave = { step: 'leave', isMixed: hasSent } as const
  const differs = ({ partNumber, size }: StoredPart) =>
    size !== partBytes(plan, partNumber) || compared.get(partNumber) === 'differs'
  if (stored.some(differs)) return isUnproven ? { step: 'refuse' } : leave
  // The page that started it may still be sending another file: only a checksum of the whole would reveal that.
  const isProvable = hasChecksum && stored.length > 0 && ![...compared.values()].includes('unknown')
  if (isUnproven && !isProvable) return leave
  const left = compare ? stored.filter(({ partNumber }) => !compared.has(partNumber)) : []
  const [part] = left
  if (part && compare === 'first') return { step: 'compare', part }
  const missing = missingParts(plan, stored)
  return missing.length + left.length > 0 ? { step: 'send', missing, compare: left } : { step: 'complete' }
}

/** Thrown if the file does not belong to the upload and needs another one. */
export class AnotherUpload extends Error {
  /**
   * @param final what the user sees if no other upload can be made
   * @param isMixed this page has sent bytes of the file to the upload, which makes it useless
   */
  constructor(
    readonly final: PartwayError,
    readonly isMixed = false,
  ) {
    super(final.message)
  }
}

/** What is known when the server refuses to go on. */
export interface RefusedUpload {
  error: unknown
  /** An idempotency key finds it, and the file's next upload would get the same key. */
  isFoundByKey: boolean
  /** The user picked the file for it. */
  isPicked: boolean
  /** The server has named its owner. */
  hasOwner: boolean
}

/** `send-again`: S3 does not have what was sent. `compare-again`: S3 has other bytes than the file's. */
export type AfterRefusal =
  | 'send-again'
  | 'compare-again'
  | 'create-again'
  | 'leave'
  | 'wait-for-owner'
  | 'fail'

export function decideAfterRefusal({ error, isFoundByKey, isPicked, hasOwner }: RefusedUpload): AfterRefusal {
  if (hasCode(error, ['part_mismatch'])) return 'compare-again'
  if (hasCode(error, ['parts_missing', 'part_size_mismatch', 'object_missing'])) return 'send-again'
  if (isOfOthers(error) && hasOwner) return 'wait-for-owner'
  if (!isGone(error)) return 'fail'
  return isFoundByKey && (isPicked || hasCode(error, ['object_mismatch'])) ? 'leave' : 'create-again'
}

/** Whether the server can no longer continue the upload. */
export function isGone(error: unknown): boolean {
  return hasCode(error, [
    'upload_gone',
    'ticket_expired',
    'object_mismatch',
    // The server's secrets have changed, or it is another server.
    'ticket_invalid',
    'ticket_wrong_kind',
  ])
}

/** Whether another user was signed in when the upload started. */
export function isOfOthers(error: unknown): boolean {
  return hasCode(error, ['signed_in_as_other', 'ticket_not_yours'])
}

function hasCode(error: unknown, codes: PartwayErrorCode[]): boolean {
  return error instanceof PartwayError && codes.includes(error.code)
}

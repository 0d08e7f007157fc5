// What becomes of an upload, decided from what the page knows of it, what S3 has and what was computed. Pure: the effects are
// in `upload.ts` and `send-parts.ts`.
import type { StoredPart } from '@partway/server/protocol'
import type { PartwayErrorCode } from '../error-codes.js'
import { PartwayError } from '../errors.js'
import { type PartPlan, partBytes } from './plan-parts.js'

/** What S3 has of a part, beside the file. `unknown`: S3 tells nothing of its content, or the page cannot compute it. */
export type Comparison = 'same' | 'differs' | 'unknown'

/** What is known of an upload in parts that S3 knows, too. */
export interface KnownUpload {
  plan: PartPlan
  /** Whether the whole is verified at completion. */
  hasChecksum: boolean
  /** The user picked the file for this upload, and nothing yet says that it is the upload's. */
  isUnproven: boolean
  /** When what S3 has is compared with the file. `undefined`: it has been, or this page has sent it. */
  compare: 'beside' | 'first' | undefined
  /** A part has arrived from this page. */
  hasSent: boolean
  /** What S3 has. */
  stored: StoredPart[]
  /** By part number. */
  compared: ReadonlyMap<number, Comparison>
}

export type NextStep =
  /** Compare this part, and decide again. */
  | { step: 'compare'; part: StoredPart }
  /** Send what is missing. Compare these parts meanwhile, and decide again after each. */
  | { step: 'send'; parts: StoredPart[] }
  /** S3 has all of it, and all of it is the file's. */
  | { step: 'complete' }
  /** The file is another upload. This one stays as it is, unless the page has mixed the file's bytes into it. */
  | { step: 'leave'; isMixed: boolean }
  /** The user picked the wrong file. */
  | { step: 'refuse' }

export function decideNext(known: KnownUpload): NextStep {
  const { plan, hasChecksum, isUnproven, compare, hasSent, stored, compared } = known
  const leave = { step: 'leave', isMixed: hasSent } as const
  const differs = ({ partNumber, size }: StoredPart) =>
    size !== partBytes(plan, partNumber) || compared.get(partNumber) === 'differs'
  if (stored.some(differs)) return isUnproven ? { step: 'refuse' } : leave
  // Whoever began it may send another file at the same time: without a checksum of the whole nobody would notice.
  const isProvable = hasChecksum && stored.length > 0 && ![...compared.values()].includes('unknown')
  if (isUnproven && !isProvable) return leave
  const parts = compare ? stored.filter(({ partNumber }) => !compared.has(partNumber)) : []
  const [part] = parts
  if (part && compare === 'first') return { step: 'compare', part }
  const isComplete = stored.length === plan.partCount && parts.length === 0
  return isComplete ? { step: 'complete' } : { step: 'send', parts }
}

/** Thrown where the file turns out to be another upload. */
export class AnotherUpload extends Error {
  /**
   * @param final what the user sees if no other upload can be made of it
   * @param isMixed this page has sent bytes of the file to the upload, which is good for nothing any more
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
  /** It is found by an idempotency key, which the next one of the file would be given, too. */
  isFoundByKey: boolean
  /** The user picked the file for it. */
  isPicked: boolean
  /** The server has told who began it. */
  hasOwner: boolean
}

/** `send-again`: S3 does not have what was sent. `compare-again`: it has other bytes than were meant for it. */
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

/** Whether the server will not go on with the upload. */
export function isGone(error: unknown): boolean {
  return hasCode(error, [
    'upload_gone',
    'ticket_expired',
    'object_mismatch',
    // It has other secrets by now, or is another server.
    'ticket_invalid',
    'ticket_wrong_kind',
  ])
}

/** Whether somebody else was signed in when the upload was begun. */
export function isOfOthers(error: unknown): boolean {
  return hasCode(error, ['signed_in_as_other', 'ticket_not_yours'])
}

function hasCode(error: unknown, codes: PartwayErrorCode[]): boolean {
  return error instanceof PartwayError && codes.includes(error.code)
}

// What a refusal of the server means for the upload.
import type { PartwayErrorCode } from '../error-codes.js'
import { PartwayError } from '../errors.js'

/** Whether the server will not go on with the upload, so that the file has to be created again. */
export function isGone(error: unknown): error is PartwayError {
  return hasCode(error, [
    'upload_gone',
    'ticket_expired',
    'object_mismatch',
    // It has other secrets by now, or is another one.
    'ticket_invalid',
    'ticket_wrong_kind',
  ])
}

/** Whether somebody else was signed in when the upload was begun. */
export function isOthers(error: unknown): boolean {
  return hasCode(error, ['signed_in_as_other', 'ticket_not_yours'])
}

/** Whether the server says that S3 does not have, or not rightly, what was sent: it has to be sent again. */
export function isIncomplete(error: unknown): boolean {
  return hasCode(error, ['parts_missing', 'part_size_mismatch', 'part_mismatch', 'object_missing'])
}

/** Whether S3 has other bytes in a part than were meant for it. */
export function isMismatch(error: unknown): boolean {
  return hasCode(error, ['part_mismatch'])
}

function hasCode(error: unknown, codes: PartwayErrorCode[]): error is PartwayError {
  return error instanceof PartwayError && codes.includes(error.code)
}

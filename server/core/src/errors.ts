// Every way a request can be refused: one class, and one table of its stable codes.
import { inspect } from 'node:util'
import type { ErrorBody } from './protocol.js'

/** Each code with its HTTP status and its meaning. docs/reference/errors.md is generated from this table. */
export const ERROR_CODES = {
  invalid_json: { status: 400, meaning: 'The body is not a JSON object.' },
  invalid_request: {
    status: 400,
    meaning: 'A field is missing, unknown, of the wrong type or out of bounds; `field` names it.',
  },
  metadata_too_large: { status: 400, meaning: 'The metadata exceeds the 2 KB that S3 keeps with an object.' },
  ticket_wrong_kind: {
    status: 400,
    meaning: 'The ticket is valid, but this route does not take uploads of its kind.',
  },
  multipart_required: {
    status: 400,
    meaning:
      'This server checks the content of every file, or bounds its size. A Companion client must send the file in parts.',
  },
  too_many_files: { status: 400, meaning: 'More files in one call than `limits.maxFilesPerRequest`.' },
  not_signed_in: { status: 401, meaning: "The host's `owner` option names no owner for this request." },
  origin_refused: { status: 403, meaning: 'The request comes from a site that is not in `allowedOrigins`.' },
  refused: { status: 403, meaning: 'The host refuses this file or upload; the message has its reason.' },
  ticket_invalid: {
    status: 403,
    meaning: 'The ticket was granted by another server or mount, or was changed.',
  },
  signed_in_as_other: {
    status: 403,
    meaning: 'Somebody else has started the upload of this file. Only they can continue it.',
  },
  ticket_not_yours: { status: 403, meaning: 'The ticket belongs to another owner.' },
  key_mismatch: { status: 403, meaning: 'The `key` parameter is not the key of the ticket.' },
  parts_missing: {
    status: 409,
    meaning: 'S3 does not hold all parts. The upload stays resumable: send the missing ones, complete again.',
  },
  part_size_mismatch: {
    status: 409,
    meaning: 'S3 holds a part of another size than planned. Send it again, then complete again.',
  },
  part_mismatch: {
    status: 409,
    meaning: 'The parts that S3 holds are not the ones this upload consists of. Send those again.',
  },
  object_missing: {
    status: 409,
    meaning: 'S3 does not hold the file of this upload, or not with its content. Send it again.',
  },
  object_mismatch: { status: 409, meaning: 'The object at this key is not this upload, or not complete.' },
  ticket_expired: { status: 410, meaning: 'The ticket has expired; start again.' },
  upload_gone: { status: 410, meaning: 'S3 has neither this upload nor its object; start again.' },
  file_too_large: { status: 413, meaning: 'The file exceeds `limits.maxFileSize`.' },
  body_too_large: { status: 413, meaning: 'The body exceeds 1 MiB.' },
  unsupported_media_type: { status: 415, meaning: 'The body must be sent as `application/json`.' },
  file_too_small: { status: 422, meaning: 'The file is below `limits.minFileSize`.' },
  type_not_allowed: { status: 422, meaning: "The file's type is not in `limits.types`." },
  extension_not_allowed: {
    status: 422,
    meaning: "The file's name does not end as `limits.extensions` wants.",
  },
  name_too_long: { status: 422, meaning: "The file's name exceeds `limits.maxNameLength`." },
  content_mismatch: {
    status: 422,
    meaning: 'The content is not of the declared type (`verifyContent`). The object is deleted.',
  },
  content_refused: {
    status: 422,
    meaning: "The host's `onVerify` refuses the content; the message has its reason. The object is deleted.",
  },
  quota_exceeded: { status: 429, meaning: 'The owner has used up `quota.files` or `quota.bytes`.' },
  too_many_unfinished: {
    status: 429,
    meaning: 'The owner has `quota.unfinished` uploads begun: finish or cancel one.',
  },
  client_gone: { status: 499, meaning: 'The client closed the connection. Only `onError` sees this code.' },
  internal_error: {
    status: 500,
    meaning: 'One item of a call failed. Only the error log of the host has the reason.',
  },
  secrets_invalid: {
    status: 500,
    meaning: 'The secrets (`app.keys`, or the option `secrets`) are missing, or one is too short.',
  },
  hook_failed: {
    status: 500,
    meaning: "The object is in the bucket, but the host's `onComplete` or `onVerify` failed; complete again.",
  },
  s3_unreachable: { status: 502, meaning: 'No connection to S3.' },
  s3_access_denied: { status: 502, meaning: "The server's credentials may not do what the message names." },
  s3_credentials_rejected: {
    status: 502,
    meaning: "S3 does not accept the server's credentials: missing, wrong or expired.",
  },
  s3_clock_skew: { status: 502, meaning: "The server's clock differs too much from S3's." },
  s3_wrong_region: {
    status: 502,
    meaning: 'The bucket is in another region than configured, or none is configured.',
  },
  bucket_missing: { status: 502, meaning: 'The configured bucket does not exist.' },
  s3_busy: { status: 503, meaning: 'S3 asks to slow down, failed for a moment or took too long; try again.' },
  quota_unavailable: { status: 503, meaning: 'The quota cannot be checked now; try again.' },
  shutting_down: { status: 503, meaning: 'This server is stopping; try again, which reaches another.' },
  abort_incomplete: {
    status: 503,
    meaning: 'S3 still holds parts, because some were in flight; abort again.',
  },
} as const satisfies Record<string, { status: number; meaning: string }>

export type ErrorCode = keyof typeof ERROR_CODES

/** Our codes for the host's own refusals, which the host may give another status. */
const HOSTS_CODES: readonly string[] = ['refused', 'content_refused'] satisfies ErrorCode[]

/** What is wrong with the code and status of a host's refusal, or `undefined`. */
export function findCodeFault(code: string, status: number | undefined): string | undefined {
  if (Object.hasOwn(ERROR_CODES, code) && !HOSTS_CODES.includes(code)) {
    return `code must not be one that Partway has a meaning for, got ${code}`
  }
  if (!/^[a-z\d]+(?:_[a-z\d]+)*$/.test(code) || code.length > 64) {
    return `code must be in snake_case and have at most 64 characters, got ${JSON.stringify(code)}`
  }
  if (status !== undefined && Number.isInteger(status) && status >= 400 && status <= 499) return undefined
  return `status must be a whole number from 400 to 499, got ${status}`
}

export interface PartwayErrorOptions {
  /** The request field that is wrong, such as `files[2].size`. */
  field?: string | undefined
  /** What the server saw; never sent to the page. */
  cause?: unknown
  /** Seconds for the `Retry-After` header. */
  retryAfterSeconds?: number | undefined
}

/** A refusal that the page gets to see: `message` is a sentence for people, `code` is for programs. */
export class PartwayError extends Error {
  override name = 'PartwayError'
  /** One of {@link ERROR_CODES}, or the host's own. */
  readonly code: string
  readonly status: number
  readonly field: string | undefined
  readonly retryAfterSeconds: number | undefined
  /** Whether the object or its parts were deleted because of what they are. */
  deleted = false

  constructor(code: ErrorCode, message: string, options?: PartwayErrorOptions)
  /**
   * With the host's own code, such as `payment_required`: see `Refusal`.
   * @throws TypeError for an invalid code or status
   */
  constructor(code: string, message: string, options: PartwayErrorOptions & { status: number })
  constructor(code: string, message: string, options: PartwayErrorOptions & { status?: number } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.status = chooseStatus(code, options.status)
    this.field = options.field
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  /** As it goes over the wire. */
  toBody(requestId: string): ErrorBody {
    const { message: error, code, status, field, retryAfterSeconds: retryAfter, deleted } = this
    return {
      error,
      code,
      status,
      ...(field !== undefined && { field }),
      ...(retryAfter !== undefined && { retryAfter }),
      ...(deleted && { deleted }),
      requestId,
    }
  }
}

/** JavaScript can throw anything, also what fails when it is shown. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  const message = typeof thrown === 'string' ? thrown : inspect(thrown, { customInspect: false })
  return new Error(message, { cause: thrown })
}

/** Whether the error is neither the client's fault nor a shutdown by the host. */
export function isForHost(error: unknown): boolean {
  return !(error instanceof PartwayError) || (error.status >= 500 && error.code !== 'shutting_down')
}

function chooseStatus(code: string, status: number | undefined): number {
  if (status === undefined && Object.hasOwn(ERROR_CODES, code)) return ERROR_CODES[code as ErrorCode].status
  const fault = findCodeFault(code, status)
  if (fault) throw new TypeError(`PartwayError: ${fault}`)
  return status as number
}

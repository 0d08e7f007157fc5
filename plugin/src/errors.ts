// The errors that a page can see, and the failure of one try for the retry loop.
import type { PartwayErrorCode } from './error-codes.js'
import type { ClientErrorCode } from './locale.js'

/** Facts that an error carries besides its message and code. */
export interface PartwayErrorDetails {
  /** HTTP status of the answer, if there was one. */
  status?: number
  /** The request field that the server found wrong, such as `files[2].size`. */
  field?: string
  /** S3's error code, such as `AccessDenied`, if the page could read it. */
  storageCode?: string
  /** Identifies the request in the server's log, if the server answered. */
  requestId?: string
  /** Whether the server has deleted the object because of its content. */
  deleted?: boolean
  /** What was thrown, if it was not an error of the plugin or the server. */
  cause?: unknown
}

/** Why an upload failed: the error of Uppy's `upload-error` event. */
export class PartwayError extends Error {
  override readonly name = 'PartwayError'
  /** Stable, in snake_case, for programs. */
  readonly code: PartwayErrorCode
  /** HTTP status of the answer; `undefined` when there was none. */
  readonly status: number | undefined
  /** The request field that the server found wrong. */
  readonly field: string | undefined
  /** S3's error code, if the page could read it. */
  readonly storageCode: string | undefined
  /** Identifies the request in the server's log, for support. `undefined` if the error is not the server's answer. */
  readonly requestId: string | undefined
  /** Whether the server has deleted the object because of its content: a retry sends all of it. */
  readonly deleted: boolean
  /** Uppy's mark for errors that come from the network and not from an answer. */
  readonly isNetworkError: boolean

  constructor(message: string, code: PartwayErrorCode, details: PartwayErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.status = details.status
    this.field = details.field
    this.storageCode = details.storageCode
    this.requestId = details.requestId
    this.deleted = details.deleted ?? false
    this.isNetworkError = code === 'network_error' || code === 'upload_stalled'
  }
}

/** Fills a locale string. */
export type Values = Record<string, string | number>

/** An error with the plugin's own text, in the page's language. Until it is localized, `message` is for logs. */
export class ClientError extends PartwayError {
  constructor(
    override readonly code: ClientErrorCode,
    readonly values: Values,
    details?: PartwayErrorDetails,
  ) {
    super([code, ...Object.values(values)].join(' '), code, details)
  }
}

/** Wraps what the page's own code throws, such as `headers`, in the plugin's error. */
export function toPartwayError(error: unknown): PartwayError {
  if (error instanceof PartwayError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new ClientError('unexpected_error', { reason }, { cause: error })
}

/** A try failed in a way that may pass. `final` is what the user sees if it does not. */
export class TryFailure extends Error {
  constructor(
    readonly final: PartwayError,
    readonly retry: {
      /** Do not try earlier. From `Retry-After`, or an item's `retryAfter`. */
      afterMs?: number
      /** Try again without waiting: the reason is already gone, such as an expired signature. */
      atOnce?: boolean
    } = {},
  ) {
    super(final.message)
  }
}

/** The host of a URL or path, as an error message names it. */
export function hostOf(url: string): string {
  const base = globalThis.location?.href
  return URL.canParse(url, base) ? new URL(url, base).host : url
}

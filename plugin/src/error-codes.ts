// Every code that a `PartwayError` can have. The server's are listed, not imported: the package's public types must not lead to
// those of the server, which pages do not install. They are grouped by what the plugin does about them.
import type { ClientErrorCode } from './locale.js'

/** Asks S3 what it has, sends the rest and completes again, up to three rounds. */
export type SendAgain = 'object_missing' | 'part_size_mismatch' | 'parts_missing'

/** Compares what S3 has with the file and completes again, up to three rounds. If a part differs, it uploads the file as another one. */
export type CompareAgain = 'part_mismatch'

/** Creates the upload again, twice at most. The server finds it, or starts another. */
export type CreateAgain = 'ticket_expired' | 'ticket_invalid' | 'ticket_wrong_kind' | 'upload_gone'

/** Uploads the file as another one. */
export type UploadAsAnother = 'object_mismatch'

/** Fails the file with `signed_in_as_other`. A retry goes on when the user who started the upload is back. */
export type WaitForOwner = 'signed_in_as_other' | 'ticket_not_yours'

/** Tries again until `giveUpAfterMs` has passed. */
export type TryAgain =
  | 'abort_incomplete'
  | 'internal_error'
  | 'quota_unavailable'
  | 's3_busy'
  | 's3_unreachable'
  | 'shutting_down'

/** Completes again until `giveUpAfterMs` has passed. Nothing is sent again. */
export type CompleteAgain = 'hook_failed'

/** Waits for other files to finish. It tries again as long as any file moves, and then until `giveUpAfterMs` has passed. */
export type WaitForOthers = 'too_many_unfinished'

/** Asks `headers` once more, if it is a function, then fails the file. A retry goes on where the file was. */
export type AskHeadersAgain = 'not_signed_in'

/** Fails the file at once: waiting would take too long, or not help. */
export type Lasting =
  | 'bucket_missing'
  | 'quota_exceeded'
  | 's3_access_denied'
  | 's3_clock_skew'
  | 's3_credentials_rejected'
  | 's3_wrong_region'
  | 'secrets_invalid'

/** Fails the file. The server has deleted the object, so a retry sends all of it again; the error's `deleted` is `true`. */
export type Deleted = 'content_mismatch'

/** Fails the file at once. */
export type Refused =
  | 'body_too_large'
  | 'extension_not_allowed'
  | 'file_too_large'
  | 'file_too_small'
  | 'invalid_json'
  | 'invalid_request'
  | 'metadata_too_large'
  | 'name_too_long'
  | 'origin_refused'
  | 'too_many_files'
  | 'type_not_allowed'
  | 'unsupported_media_type'

/** The server's codes. */
export type ServerErrorCode =
  | SendAgain
  | CompareAgain
  | CreateAgain
  | UploadAsAnother
  | WaitForOwner
  | TryAgain
  | CompleteAgain
  | WaitForOthers
  | AskHeadersAgain
  | Lasting
  | Deleted
  | Refused

/**
 * Codes that the host's `authorize`, `onVerify` and hooks chose. In TypeScript, a page declares those that its server adds:
 * `declare module '@partway/uppy' { interface HostErrorCodes { virus_found: true } }`
 */
export interface HostErrorCodes {
  /** Fails the file at once. */
  refused: true
  /** Fails the file. The server has deleted the object, so a retry sends all of it again; the error's `deleted` is `true`. */
  content_refused: true
}

/** The plugin's own, the server's and the host's. */
export type PartwayErrorCode = ClientErrorCode | ServerErrorCode | keyof HostErrorCodes

// Every code that a `PartwayError` can have. The server's are listed, not imported: the package's public types must not lead to
// those of the server, which pages do not install.
import type { ClientErrorCode } from './locale.js'

/** The server's codes, explained in its README. */
type ServerErrorCode =
  | 'abort_incomplete'
  | 'body_too_large'
  | 'bucket_missing'
  | 'content_mismatch'
  | 'extension_not_allowed'
  | 'file_too_large'
  | 'file_too_small'
  | 'hook_failed'
  | 'internal_error'
  | 'invalid_json'
  | 'invalid_request'
  | 'metadata_too_large'
  | 'name_too_long'
  | 'not_signed_in'
  | 'object_mismatch'
  | 'object_missing'
  | 'origin_refused'
  | 'part_mismatch'
  | 'part_size_mismatch'
  | 'parts_missing'
  | 'quota_exceeded'
  | 'quota_unavailable'
  | 's3_access_denied'
  | 's3_busy'
  | 's3_clock_skew'
  | 's3_credentials_rejected'
  | 's3_unreachable'
  | 's3_wrong_region'
  | 'secrets_invalid'
  | 'shutting_down'
  | 'signed_in_as_other'
  | 'ticket_expired'
  | 'ticket_invalid'
  | 'ticket_not_yours'
  | 'ticket_wrong_kind'
  | 'too_many_files'
  | 'too_many_unfinished'
  | 'type_not_allowed'
  | 'unsupported_media_type'
  | 'upload_gone'

/**
 * Codes of the host's refusals (`authorize`, `onVerify`). A host with its own codes declares them:
 * `declare module '@partway/uppy' { interface HostErrorCodes { virus_found: true } }`
 */
export interface HostErrorCodes {
  refused: true
  content_refused: true
}

/** The plugin's own, the server's and the host's. */
export type PartwayErrorCode = ClientErrorCode | ServerErrorCode | keyof HostErrorCodes

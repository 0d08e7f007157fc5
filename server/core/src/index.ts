export { ERROR_CODES, type ErrorCode, PartwayError } from './errors.js'
export type * from './hooks.js'
export type { HostsError, HttpCall, HttpReply, HttpRoute } from './http/http-call.js'
export type { FinishReport } from './operations/finish-uploads.js'
export type { Decision, Overrides, PartwayOptions, UploadFile } from './options.js'
export type * from './protocol.js'
export type { QuotaOptions } from './quota/quota-options.js'
export type { QuotaLimits, QuotaRefusal, QuotaStore, QuotaUsage, Reservation } from './quota/quota-store.js'
export type { FileLimits, Limits } from './rules/limits.js'
export { decodeMetadata } from './rules/object-headers.js'
export type { ObjectOptions } from './rules/object-options.js'
export type { Refusal } from './rules/refusal.js'
export type { JournalOptions } from './s3/journal-place.js'
export type { StsOptions, TemporaryCredentials } from './s3/temporary-credentials.js'
export {
  createUploadServer,
  type Host,
  type UploadBody,
  type UploadServer,
  type Uploads,
} from './server.js'
export type { MountPath } from './tickets/mount.js'

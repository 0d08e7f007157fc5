export { BUCKET_ERROR_CODES, BucketError, type BucketErrorCode } from './bucket-error.js'
export type { BucketOptions } from './open-bucket.js'
export { type Age, type UploadTotals, type Usage, type UsageOptions, usage } from './usage.js'

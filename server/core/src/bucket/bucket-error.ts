// The error of the bucket functions: one class, and the table of its stable codes.

/** Each code with its meaning. docs/reference/errors.md is generated from this table. */
export const BUCKET_ERROR_CODES = {
  no_region: 'No region is configured.',
  no_credentials: 'The AWS SDK finds no credentials in any of its places.',
  invalid_credentials: 'S3 does not accept the credentials: unknown, wrong or expired.',
  clock_skew: "This machine's clock differs too much from S3's.",
  access_denied: 'The credentials may not do what the message names.',
  no_such_bucket: 'There is no bucket of this name.',
  invalid_bucket_name: 'S3 takes no bucket of this name.',
  bucket_taken: 'The name belongs to a bucket of somebody else.',
  wrong_region: 'The bucket is in another region than configured.',
  s3_unreachable: 'No connection to the S3 service.',
  not_s3: 'The endpoint does not answer as an S3 service does.',
  not_supported: 'This store does not have what was asked for.',
  s3_busy: 'S3 asks to slow down, failed for a moment or took too long; try again.',
  s3_refused: "S3 refuses for another reason; the message has S3's own.",
} as const satisfies Record<string, string>

export type BucketErrorCode = keyof typeof BUCKET_ERROR_CODES

/**
 * Thrown by the bucket functions: `message` says what happened and what to do about it, `code` is for programs.
 * Neither holds a secret.
 */
export class BucketError extends Error {
  override name = 'BucketError'
  readonly code: BucketErrorCode
  /** With `access_denied`: the IAM action that the credentials lack. */
  readonly action: string | undefined

  constructor(
    code: BucketErrorCode,
    message: string,
    { cause, action }: { cause?: unknown; action?: string | undefined } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.action = action
  }
}

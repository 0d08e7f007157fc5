// Turns S3's failures into errors that tell the bucket's operator what to do.
import { type ErrorCode, PartwayError } from '../errors.js'
import { readFailure, toPartwayError } from '../s3/s3-errors.js'
import { BucketError, type BucketErrorCode } from './bucket-error.js'

/** The call that failed. */
export interface Attempt {
  bucket: string
  /** IAM action, such as `s3:PutBucketCORS`. */
  action: string
}

/** Turns an error of S3 or the SDK into a {@link BucketError}; returns any other unchanged. */
export function toBucketError(error: unknown, { bucket, action }: Attempt): unknown {
  if (error instanceof BucketError || !(error instanceof Error)) return error
  const named = (code: BucketErrorCode, message: string) =>
    new BucketError(code, message, { cause: error, ...(code === 'access_denied' && { action }) })

  switch (nameFailure(error)) {
    case 'no_region':
      return named(
        'no_region',
        'No region is configured. Give one, or set AWS_REGION; for a store other than AWS, give its URL as well ' +
          '(--endpoint, AWS_ENDPOINT_URL_S3).',
      )
    case 'no_credentials':
      return named(
        'no_credentials',
        'No credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose a profile.',
      )
    case 'invalid_credentials':
      return named(
        'invalid_credentials',
        `S3 does not accept the credentials (${failureName(error)}). Check the key's id, its secret and that it has ` +
          'not expired.',
      )
    case 'clock_skew':
      return named('clock_skew', "This machine's clock differs too much from S3's. Set it right.")
    case 'access_denied':
      return named(
        'access_denied',
        `The credentials may not do ${action} on the bucket "${bucket}". Allow it, or use others.`,
      )
    case 'no_such_bucket':
      return named('no_such_bucket', `There is no bucket "${bucket}". Check its name, or create it.`)
    case 'invalid_bucket_name':
      return named('invalid_bucket_name', describeBadName(bucket))
    case 'bucket_taken':
      return named('bucket_taken', `The bucket "${bucket}" belongs to somebody else. Choose another name.`)
    case 'wrong_region':
      return named(
        'wrong_region',
        `The bucket "${bucket}" is in ${describeRegion(error)}. Configure that one.`,
      )
    case 's3_unreachable':
      return named(
        's3_unreachable',
        `S3 cannot be reached (${systemCode(error)}). Check the endpoint and the network.`,
      )
    case 'not_s3':
      return named('not_s3', 'The endpoint does not answer as an S3 service does. Check it.')
    case 'not_supported':
      return named('not_supported', `This store does not have ${action}.`)
    case 's3_busy':
      return named('s3_busy', 'S3 is busy or did not answer in time. Try again in a moment.')
    case 's3_refused':
      return named(
        's3_refused',
        `S3 refuses ${action} on the bucket "${bucket}" (${failureName(error)}${ownWords(error)}).`,
      )
    default:
      return error
  }
}

const BY_UPLOAD_CODE: Partial<Record<string, BucketErrorCode>> = {
  s3_unreachable: 's3_unreachable',
  s3_access_denied: 'access_denied',
  s3_credentials_rejected: 'invalid_credentials',
  s3_clock_skew: 'clock_skew',
  s3_wrong_region: 'wrong_region',
  bucket_missing: 'no_such_bucket',
  s3_busy: 's3_busy',
} satisfies Partial<Record<ErrorCode, BucketErrorCode>>

function nameFailure(error: Error): BucketErrorCode | undefined {
  const { name, status, systemCode } = readFailure(error)
  if (error.message === 'Region is missing') return 'no_region'
  if (name === 'CredentialsProviderError') return 'no_credentials'
  if (name === 'BucketAlreadyExists') return 'bucket_taken'
  if (name === 'InvalidBucketName') return 'invalid_bucket_name'
  if (name === 'NotImplemented' || name === 'MethodNotAllowed' || status === 501) return 'not_supported'
  // An S3 service names the error in its reply; these replies are not XML, or not S3's.
  if (/XML parse error|Deserialization error/.test(error.message)) return 'not_s3'
  if (status === 404 && name === 'NotFound') return 'not_s3'
  const known = toPartwayError(error, '')
  if (known instanceof PartwayError) return BY_UPLOAD_CODE[known.code]
  if (status !== undefined) return 's3_refused'
  // TLS errors, for example, have codes but are not system errors.
  return systemCode !== undefined || 'code' in error ? 's3_unreachable' : undefined
}

/** S3's name of the error, or of a PartwayError's cause; `''` for a value that is no error. */
export function failureName(error: unknown): string {
  return readFailure(error instanceof PartwayError ? error.cause : error).name
}

export function describeBadName(bucket: string): string {
  return `"${bucket}" cannot be the name of a bucket. Choose one of 3 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends; AWS reserves a few more, such as xn--….`
}

// The SDK's message for a reply that has none is `UnknownError`.
const ownWords = ({ message }: Error) => (message === 'UnknownError' ? '' : `: ${message}`)

function systemCode(error: Error): string {
  const { code } = (error instanceof PartwayError ? error.cause : error) as { code?: unknown }
  return String(code)
}

function describeRegion(error: Error): string {
  const { Region, $response } = error as Error & {
    Region?: string
    $response?: { headers?: Record<string, string> }
  }
  return Region ?? $response?.headers?.['x-amz-bucket-region'] ?? 'another region than the one configured'
}

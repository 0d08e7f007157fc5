// Maps S3's failures to coded errors for the page; unknown ones stay unchanged.
import { type ErrorCode, PartwayError } from '../errors.js'

/** The fields of an AWS SDK error that decisions depend on. */
interface S3Failure {
  name: string
  status: number | undefined
  /** Node's code of a system error, such as `ECONNREFUSED`. */
  systemCode: string | undefined
  /** S3's id of the request. */
  requestId?: string | undefined
}

export function readFailure(error: unknown): S3Failure {
  if (!(error instanceof Error)) return { name: '', status: undefined, systemCode: undefined }
  const { $metadata, code, syscall } = error as Error & {
    $metadata?: { httpStatusCode?: number; requestId?: string }
    code?: unknown
    syscall?: unknown
  }
  const isSystemError = typeof code === 'string' && (syscall !== undefined || SYSTEM_CODES.has(code))
  return {
    name: error.name,
    status: $metadata?.httpStatusCode,
    systemCode: isSystemError ? code : undefined,
    requestId: $metadata?.requestId,
  }
}

const SYSTEM_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
])

const BUSY = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'RequestTimeout',
  'Throttling',
  'ThrottlingException',
])

// The reply to a HEAD has no body to carry a code, and the SDK has changed its name for such an error.
const ACCESS_DENIED = new Set(['AccessDenied', 'Forbidden', 'Unknown', 'UnknownError', '403'])

const CREDENTIALS_REJECTED = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidToken',
  'SignatureDoesNotMatch',
])

const WRONG_REGION = new Set([
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'PermanentRedirect',
])

/** @param action the attempted IAM action, such as `s3:AbortMultipartUpload` */
export function toPartwayError(error: unknown, action: string): unknown {
  const { name, status, systemCode } = readFailure(error)
  const named = (code: ErrorCode, message: string) => new PartwayError(code, message, { cause: error })
  // 409: another operation on the same upload is in progress, such as its completion.
  if (
    BUSY.has(name) ||
    status === 409 ||
    status === 429 ||
    (status !== undefined && status >= 500 && status !== 501)
  ) {
    return busy('S3 is busy. Try again in a moment.', error)
  }
  if (error instanceof PartwayError) return error
  // The SDK also calls a reset connection a `TimeoutError`.
  const isTimeout = systemCode === undefined || systemCode === 'ETIMEDOUT'
  if (status === undefined && isTimeout && (name === 'AbortError' || name === 'TimeoutError')) {
    return busy('S3 took too long to answer. Try again in a moment.', error)
  }
  if (systemCode) return named('s3_unreachable', `The server cannot reach S3 (${systemCode}).`)
  if (name === 'NoSuchBucket') return named('bucket_missing', 'The bucket for uploads does not exist.')
  if (name === 'CredentialsProviderError') {
    return named(
      's3_credentials_rejected',
      'The server has no credentials for S3. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the option credentials.',
    )
  }
  if (error instanceof Error && error.message === 'Region is missing') {
    return named('s3_wrong_region', 'The server has no region for S3. Set AWS_REGION, or the option region.')
  }
  if (CREDENTIALS_REJECTED.has(name)) {
    return named('s3_credentials_rejected', `S3 does not accept the server's credentials (${name}).`)
  }
  if (name === 'RequestTimeTooSkewed') {
    return named('s3_clock_skew', "The server's clock differs too much from S3's.")
  }
  // The reply to a HEAD of a bucket in another region has only a status.
  if (WRONG_REGION.has(name) || status === 301) {
    return named('s3_wrong_region', 'The bucket is in another region than the server is configured for.')
  }
  if (status === 403 && ACCESS_DENIED.has(name)) {
    return named('s3_access_denied', `The server's credentials may not do ${action}.`)
  }
  return error
}

export function busy(message: string, cause?: unknown): PartwayError {
  return new PartwayError('s3_busy', message, { cause, retryAfterSeconds: 5 })
}

/** For calls without an expected failure. @param action as {@link toPartwayError} */
export function rethrow(action: string): (error: unknown) => never {
  return (error) => {
    throw toPartwayError(error, action)
  }
}

/** For calls where a failure is a result. @param action as {@link toPartwayError} */
export function undefinedIf(
  isExpected: (error: unknown) => boolean,
  action: string,
): (error: unknown) => undefined {
  return (error) => {
    if (!isExpected(error)) throw toPartwayError(error, action)
  }
}

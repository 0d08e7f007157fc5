// When a signature is good: around its time in a header, and for as long as a presigned URL says.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
import { S3Error } from '../s3-error.js'
import { parseTimestamp, type SignatureClaim } from './signature-claim.js'

const maxSkewMs = 15 * 60_000
const maxExpiresSeconds = 7 * 24 * 60 * 60

/** @throws S3Error RequestTimeTooSkewed, or AccessDenied for a URL */
export function checkTime({ source, timestamp }: SignatureClaim, query: URLSearchParams, now: number): void {
  const signedAt = parseTimestamp(timestamp)
  if (source === 'header') {
    if (Math.abs(now - signedAt) > maxSkewMs) {
      throw new S3Error('RequestTimeTooSkewed', undefined, {
        RequestTime: timestamp,
        ServerTime: new Date(now).toISOString(),
        MaxAllowedSkewMilliseconds: `${maxSkewMs}`,
      })
    }
    return
  }
  const expires = query.get('X-Amz-Expires') ?? ''
  if (!/^\d{1,9}$/.test(expires)) {
    throw new S3Error('AuthorizationQueryParametersError', 'X-Amz-Expires should be a number')
  }
  if (Number(expires) > maxExpiresSeconds) {
    throw new S3Error(
      'AuthorizationQueryParametersError',
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${maxExpiresSeconds} seconds`,
    )
  }
  if (signedAt > now + maxSkewMs) throw new S3Error('AccessDenied', 'Request is not valid yet')
  const expiresAt = signedAt + Number(expires) * 1000
  if (now > expiresAt) {
    throw new S3Error('AccessDenied', 'Request has expired', {
      'X-Amz-Expires': expires,
      Expires: new Date(expiresAt).toISOString(),
      ServerTime: new Date(now).toISOString(),
    })
  }
}

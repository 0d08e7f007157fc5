// Reads what a request claims about its signature: from the Authorization header, or a presigned URL's query.
import { S3Error } from '../s3-error.js'
import { header, type S3Request } from '../s3-request.js'

export interface SignatureClaim {
  source: 'header' | 'query'
  credential: string
  signedHeaders: string[]
  signature: string
  timestamp: string
  payloadHash: string
  /** Of temporary credentials. */
  sessionToken: string | undefined
}

export type SignedRequest = Pick<S3Request, 'method' | 'path' | 'query' | 'message'>

/** @throws S3Error for a malformed claim; AccessDenied for an anonymous request */
export function readClaim(request: SignedRequest): SignatureClaim {
  const authorization = header(request, 'authorization')
  const isPresigned = request.query.has('X-Amz-Algorithm') || request.query.has('X-Amz-Signature')
  if (authorization !== undefined && isPresigned) {
    throw new S3Error('InvalidArgument', 'Only one auth mechanism allowed')
  }
  if (isPresigned) return readQuery(request)
  // Signature Version 2: S3 does not take it for buckets made after June 24, 2020.
  if (request.query.has('AWSAccessKeyId') || authorization?.startsWith('AWS ')) {
    throw new S3Error(
      'InvalidRequest',
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    )
  }
  if (authorization === undefined) throw new S3Error('AccessDenied')
  return readAuthorization(authorization, request)
}

function readAuthorization(authorization: string, request: SignedRequest): SignatureClaim {
  const match =
    /^AWS4-HMAC-SHA256 +Credential=([^, ]+), *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})$/.exec(
      authorization,
    )
  const [, credential, signedHeaders, claimed] = match ?? []
  if (!credential || !signedHeaders || !claimed) throw new S3Error('AuthorizationHeaderMalformed')
  const timestamp = header(request, 'x-amz-date') ?? toTimestamp(header(request, 'date'))
  if (timestamp === undefined || Number.isNaN(parseTimestamp(timestamp))) {
    throw new S3Error('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header')
  }
  const payloadHash = header(request, 'x-amz-content-sha256')
  if (payloadHash === undefined) {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')
  }
  return {
    source: 'header',
    credential,
    signedHeaders: signedHeaders.split(';'),
    signature: claimed,
    timestamp,
    payloadHash,
    sessionToken: header(request, 'x-amz-security-token'),
  }
}

function readQuery({ query, message }: SignedRequest): SignatureClaim {
  const claim = {
    credential: query.get('X-Amz-Credential'),
    signedHeaders: query.get('X-Amz-SignedHeaders'),
    signature: query.get('X-Amz-Signature'),
    timestamp: query.get('X-Amz-Date'),
    expires: query.get('X-Amz-Expires'),
  }
  const { credential, signedHeaders, timestamp, expires } = claim
  if (!credential || !signedHeaders || !claim.signature || !timestamp || !expires) {
    throw new S3Error(
      'AuthorizationQueryParametersError',
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    )
  }
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') {
    throw new S3Error('AuthorizationQueryParametersError', 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"')
  }
  if (Number.isNaN(parseTimestamp(timestamp))) {
    throw new S3Error(
      'AuthorizationQueryParametersError',
      `X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`,
    )
  }
  return {
    source: 'query',
    credential,
    signedHeaders: signedHeaders.split(';'),
    signature: claim.signature,
    timestamp,
    payloadHash:
      header({ message }, 'x-amz-content-sha256') ?? query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
    sessionToken: query.get('X-Amz-Security-Token') ?? header({ message }, 'x-amz-security-token'),
  }
}

/** Milliseconds since 1970 of `YYYYMMDD'T'HHMMSS'Z'`, NaN for anything else. */
export function parseTimestamp(timestamp: string): number {
  return Date.parse(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

function toTimestamp(date: string | undefined): string | undefined {
  const time = Date.parse(date ?? '')
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

// Authenticates a request by its Authorization header or the query of a presigned URL.
import { S3Error, type S3ErrorCode } from '../s3-error.js'
import { header, type PayloadHash } from '../s3-request.js'
import { checkTime } from './check-time.js'
import { ChunkSignatures } from './chunk-signatures.js'
import { canonicalRequest, isSameSignature, signature, stringToSign } from './signature.js'
import { readClaim, type SignatureClaim, type SignedRequest } from './signature-claim.js'

export interface Account {
  accessKeyId: string
  secretAccessKey: string
  /** Of temporary credentials: each request must carry it. */
  sessionToken?: string
  region: string
}

/** @throws S3Error unless the request is signed by `account`, for the present time. */
export function authenticate(request: SignedRequest, account: Account, now = Date.now()): PayloadHash {
  const claim = readClaim(request)
  checkTime(claim, request.query, now)
  const scope = checkCredential(claim.credential, claim.timestamp, account, claim.source)
  checkSessionToken(claim.sessionToken, account)
  checkSignedHeaders(claim, request)
  const canonical = canonicalRequest({
    method: request.method,
    path: request.path,
    query: [...request.query].filter(([name]) => claim.source === 'header' || name !== 'X-Amz-Signature'),
    signedHeaders: claim.signedHeaders.map((name) => [name, header(request, name) ?? '']),
    payloadHash: claim.payloadHash,
  })
  const text = stringToSign(canonical, claim.timestamp, scope)
  if (!isSameSignature(signature(text, account.secretAccessKey, scope), claim.signature)) {
    throw new S3Error('SignatureDoesNotMatch', undefined, {
      AWSAccessKeyId: account.accessKeyId,
      StringToSign: text,
      CanonicalRequest: canonical,
    })
  }
  return parsePayloadHash(
    claim.payloadHash,
    () => new ChunkSignatures(claim.signature, claim.timestamp, scope, account.secretAccessKey),
  )
}

/** Splits and checks `KEY/YYYYMMDD/REGION/s3/aws4_request`, also that of a form. */
export function checkCredential(
  credential: string,
  timestamp: string,
  account: Account,
  source: 'header' | 'query' | 'form',
): { date: string; region: string } {
  const malformed: S3ErrorCode =
    source === 'header'
      ? 'AuthorizationHeaderMalformed'
      : source === 'query'
        ? 'AuthorizationQueryParametersError'
        : 'InvalidArgument'
  const [accessKeyId, date, region, service, terminator, ...rest] = credential.split('/')
  if (
    !accessKeyId ||
    !date ||
    !region ||
    service !== 's3' ||
    terminator !== 'aws4_request' ||
    rest.length > 0
  ) {
    throw new S3Error(malformed, 'The Credential must be <access-key>/<date>/<region>/s3/aws4_request.')
  }
  if (date !== timestamp.slice(0, 8)) {
    throw new S3Error(
      malformed,
      `Invalid credential date "${date}". This date is not the same as X-Amz-Date.`,
    )
  }
  if (accessKeyId !== account.accessKeyId) {
    throw new S3Error('InvalidAccessKeyId', undefined, { AWSAccessKeyId: accessKeyId })
  }
  if (region !== account.region) {
    throw new S3Error(malformed, `The region '${region}' is wrong; expecting '${account.region}'`, {
      Region: account.region,
    })
  }
  return { date, region }
}

/** @throws S3Error InvalidAccessKeyId for a missing token, as an access key of temporary credentials exists only with it */
export function checkSessionToken(
  token: string | undefined,
  { accessKeyId, sessionToken }: Pick<Account, 'accessKeyId' | 'sessionToken'>,
): void {
  if (token === undefined && sessionToken !== undefined) {
    throw new S3Error('InvalidAccessKeyId', undefined, { AWSAccessKeyId: accessKeyId })
  }
  if (!isSameSignature(sessionToken ?? '', token ?? '')) throw new S3Error('InvalidToken')
}

function checkSignedHeaders({ signedHeaders }: SignatureClaim, request: SignedRequest): void {
  const signed = new Set(signedHeaders)
  const missing = Object.keys(request.message.headers).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !signed.has(name),
  )
  if (missing.length > 0) {
    throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
      HeadersNotSigned: missing.join(', '),
    })
  }
}

function parsePayloadHash(value: string, signatures: () => ChunkSignatures): PayloadHash {
  if (value === 'UNSIGNED-PAYLOAD') return value
  if (/^[0-9a-f]{64}$/.test(value)) return { sha256: value }
  switch (value) {
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return { chunked: { hasTrailer: true } }
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
      return { chunked: { hasTrailer: false, signatures: signatures() } }
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return { chunked: { hasTrailer: true, signatures: signatures() } }
  }
  if (value.startsWith('STREAMING-')) throw new S3Error('NotImplemented', `${value} is not implemented`)
  throw new S3Error(
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
  )
}

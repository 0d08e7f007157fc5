// Presigned URLs (SigV4 in the query) for one bucket. Each costs its signature only: the SDK's getSignedUrl runs a
// whole command for the same URL, which takes about ten times as long.
import type { S3Client } from '@aws-sdk/client-s3'
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner'
import { HttpRequest } from '@smithy/protocol-http'
import { type BucketEndpoint, encodeStrictly, origin, resolveBucketEndpoint } from './bucket-endpoint.js'

export interface RequestToSign {
  method: 'PUT'
  /** Percent-encoded, from the root of the host. */
  path: string
  query: Record<string, string>
  /** Signed, so to be sent exactly like this. Lower-case names. */
  headers: Record<string, string>
  expiresIn: number
  signingDate: Date
}

export interface UrlSigner {
  endpoint: BucketEndpoint
  sign(request: RequestToSign): Promise<string>
}

/** A signer per bucket, made at its first use. */
export function rememberSigners(client: S3Client): (bucket: string) => Promise<UrlSigner> {
  const known = new Map<string, Promise<UrlSigner>>()
  return (bucket) => {
    const signer = known.get(bucket) ?? createSigner(client, bucket)
    known.set(bucket, signer)
    signer.catch(() => known.delete(bucket))
    return signer
  }
}

async function createSigner(client: S3Client, bucket: string): Promise<UrlSigner> {
  const endpoint = await resolveBucketEndpoint(client, bucket)
  const presigner = new S3RequestPresigner({
    credentials: client.config.credentials,
    sha256: client.config.sha256,
    region: endpoint.signingRegion ?? client.config.region,
    ...(endpoint.signingName && { signingName: endpoint.signingName }),
  })
  return { endpoint, sign: (request) => sign(presigner, endpoint, request) }
}

async function sign(
  presigner: S3RequestPresigner,
  endpoint: BucketEndpoint,
  { method, path, query, headers, expiresIn, signingDate }: RequestToSign,
): Promise<string> {
  const { protocol, hostname, port } = endpoint
  const target = { protocol, hostname, ...(port !== undefined && { port }) }
  const names = Object.keys(headers)
  // The presigner would leave content-type unsigned and move x-amz-meta-* into the query.
  const signed = await presigner.presign(
    new HttpRequest({ ...target, method, path, query, headers: { ...headers } }),
    {
      expiresIn,
      signingDate,
      signableHeaders: new Set(['host', ...names]),
      unhoistableHeaders: new Set(names),
    },
  )
  return `${origin(endpoint)}${signed.path}?${formatQuery(signed.query)}`
}

function formatQuery(query: Readonly<Record<string, unknown>> = {}): string {
  const names = Object.keys(query).sort()
  return names.map((name) => `${encodeStrictly(name)}=${encodeStrictly(String(query[name]))}`).join('&')
}

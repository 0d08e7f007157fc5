// The endpoint of a bucket: resolved once through the SDK, so that signing one more URL costs no more than its signature.
import { type S3Client, UploadPartCommand } from '@aws-sdk/client-s3'

export interface BucketEndpoint {
  /** With the colon, as in URLs. */
  protocol: string
  hostname: string
  port: number | undefined
  /** Path of the bucket, without a trailing slash: `/media` with path style, else empty. */
  basePath: string
  signingRegion: string | undefined
  signingName: string | undefined
}

/** Lets the client prepare a request to the bucket, and records its endpoint without sending it. */
export async function resolveBucketEndpoint(client: S3Client, bucket: string): Promise<BucketEndpoint> {
  const command = new UploadPartCommand({ Bucket: bucket, Key: 'key', UploadId: 'id', PartNumber: 1 })
  let found: BucketEndpoint | undefined
  command.middlewareStack.add(
    (_next, context) => async () => {
      const { endpointV2 } = context
      const scheme = endpointV2?.properties?.authSchemes?.[0]
      found = endpointV2 && {
        protocol: endpointV2.url.protocol,
        hostname: endpointV2.url.hostname,
        port: endpointV2.url.port === '' ? undefined : Number(endpointV2.url.port),
        basePath: endpointV2.url.pathname.replace(/\/$/, ''),
        signingRegion: scheme?.signingRegion,
        signingName: scheme?.signingName,
      }
      return { response: {}, output: { $metadata: {} } }
    },
    // After the endpoint is known, before anything is signed.
    { name: 'partwayNoteEndpoint', step: 'build', priority: 'low' },
  )
  await client.send(command)
  if (!found) throw new Error('The S3 client resolved no endpoint for the bucket')
  return found
}

/** With the port, unless it is the protocol's default. */
function host({ hostname, port }: BucketEndpoint): string {
  return port === undefined ? hostname : `${hostname}:${port}`
}

/** The part of a URL before path and query. */
export function origin(endpoint: BucketEndpoint): string {
  return `${endpoint.protocol}//${host(endpoint)}`
}

/** Path of an object, percent-encoded as SigV4 requires: all but unreserved characters and slashes. */
export function objectPath({ basePath }: BucketEndpoint, key: string): string {
  return `${basePath}/${key.split('/').map(encodeStrictly).join('/')}`
}

/** Percent-encodes all but RFC 3986's unreserved characters. */
export function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

// A request as S3's operations see it: bucket and key from the path, the query, headers and the body.
import type { IncomingMessage } from 'node:http'
import { S3Error } from './s3-error.js'
import type { ChunkSignatures } from './signatures/chunk-signatures.js'
import type { Bucket } from './state/bucket.js'
import type { Buckets } from './state/buckets.js'

/** `x-amz-content-sha256`: how the signature covers the body. */
export type PayloadHash = 'UNSIGNED-PAYLOAD' | { sha256: string } | { chunked: ChunkedPayload }

/** A body in `aws-chunked` encoding. */
export interface ChunkedPayload {
  hasTrailer: boolean
  /** Of chunks and trailer, if they are signed. */
  signatures?: ChunkSignatures
}

export interface S3Request {
  method: string
  /** The decoded path, as the signature covers it. */
  path: string
  query: URLSearchParams
  /** Empty for a request to the service. */
  bucketName: string
  /** Without the bucket where the host names it. */
  bucketUrl: string
  /** Empty for a request to a bucket. */
  key: string
  message: IncomingMessage
  payloadHash: PayloadHash
  buckets: Buckets
}

export interface S3Response {
  status: number
  headers: Record<string, string>
  body?: string | AsyncIterable<Uint8Array>
}

export type Operation = (request: S3Request) => Promise<S3Response>

const maxKeyBytes = 1024

export type Target = Pick<S3Request, 'path' | 'query' | 'bucketName' | 'bucketUrl' | 'key'>

/**
 * Splits a URL. Nothing is normalised: `//` and `..` are ordinary parts of a key.
 * @param domains A subdomain of one is a bucket; at any other host the path begins with it.
 */
export function parseTarget(url: string, host: string, domains: readonly string[]): Target {
  const queryStart = url.indexOf('?')
  const rawPath = queryStart < 0 ? url : url.slice(0, queryStart)
  const query = new URLSearchParams(
    // URLSearchParams reads a plus as a space; S3's clients send spaces as %20.
    queryStart < 0 ? '' : url.slice(queryStart + 1).replaceAll('+', '%2B'),
  )
  const path = decodePath(rawPath)
  const named = bucketOfHost(host, domains)
  const slash = named === undefined ? path.indexOf('/', 1) : 0
  const bucketName = named ?? (slash < 0 ? path.slice(1) : path.slice(1, slash))
  const key = slash < 0 ? '' : path.slice(slash + 1)
  const bucketUrl = `http://${host}${named === undefined ? `/${bucketName}` : ''}`
  return { path, query, bucketName, bucketUrl, key }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html */
function bucketOfHost(host: string, domains: readonly string[]): string | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, '')
  if (domains.includes(name)) return undefined
  // The longest: a host below s3.localhost is below localhost, too.
  const [domain] = domains.filter((domain) => name.endsWith(`.${domain}`)).sort((a, b) => b.length - a.length)
  return domain && name.slice(0, -domain.length - 1)
}

/** @throws S3Error KeyTooLongError above 1,024 bytes of UTF-8. */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key)
  if (size > maxKeyBytes) {
    throw new S3Error('KeyTooLongError', undefined, { Size: `${size}`, MaxSizeAllowed: `${maxKeyBytes}` })
  }
}

export function header(request: Pick<S3Request, 'message'>, name: string): string | undefined {
  return request.message.headersDistinct[name]?.join(',')
}

/** The bucket that the request names. @throws S3Error NoSuchBucket */
export function bucketOf({ buckets, bucketName }: S3Request): Bucket {
  return buckets.get(bucketName)
}

/** The object's URL, with the key encoded. */
export function objectLocation(request: S3Request, key: string): string {
  return `${request.bucketUrl}/${encodeURIComponent(key).replaceAll('%2F', '/')}`
}

function decodePath(path: string): string {
  if (!path.startsWith('/')) throw new S3Error('InvalidURI')
  try {
    return decodeURIComponent(path)
  } catch {
    throw new S3Error('InvalidURI')
  }
}

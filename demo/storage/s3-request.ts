// A request as S3's operations see it: bucket and key from the path, the query, headers and the body.
import type { IncomingMessage } from 'node:http'
import { S3Error } from './s3-error.js'
import type { Bucket } from './state/bucket.js'
import type { Buckets } from './state/buckets.js'

/** `x-amz-content-sha256`: how the signature covers the body. */
export type PayloadHash = 'UNSIGNED-PAYLOAD' | 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' | { sha256: string }

export interface S3Request {
  method: string
  /** The decoded path, as the signature covers it. */
  path: string
  query: URLSearchParams
  /** Empty for a request to the service. */
  bucketName: string
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

/** Splits a path-style URL. Nothing is normalised: `//` and `..` are ordinary parts of a key. */
export function parseTarget(url: string): Pick<S3Request, 'path' | 'query' | 'bucketName' | 'key'> {
  const queryStart = url.indexOf('?')
  const rawPath = queryStart < 0 ? url : url.slice(0, queryStart)
  const query = new URLSearchParams(
    // URLSearchParams reads a plus as a space; S3's clients send spaces as %20.
    queryStart < 0 ? '' : url.slice(queryStart + 1).replaceAll('+', '%2B'),
  )
  const path = decodePath(rawPath)
  const slash = path.indexOf('/', 1)
  const bucketName = slash < 0 ? path.slice(1) : path.slice(1, slash)
  const key = slash < 0 ? '' : path.slice(slash + 1)
  checkKey(key)
  return { path, query, bucketName, key }
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
  const path = encodeURIComponent(key).replaceAll('%2F', '/')
  return `http://${header(request, 'host')}/${request.bucketName}/${path}`
}

function decodePath(path: string): string {
  if (!path.startsWith('/')) throw new S3Error('InvalidURI')
  try {
    return decodeURIComponent(path)
  } catch {
    throw new S3Error('InvalidURI')
  }
}

// Signature Version 4, stage by stage, from the side that verifies it.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export interface CanonicalParts {
  method: string
  /** The decoded path. */
  path: string
  query: Iterable<[string, string]>
  /** In the order of SignedHeaders; values as they came. */
  signedHeaders: [name: string, value: string][]
  payloadHash: string
}

export interface CredentialScope {
  /** YYYYMMDD */
  date: string
  region: string
}

export function canonicalRequest(parts: CanonicalParts): string {
  return [
    parts.method,
    uriEncode(parts.path).replaceAll('%2F', '/'),
    canonicalQuery(parts.query),
    ...parts.signedHeaders.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    parts.signedHeaders.map(([name]) => name).join(';'),
    parts.payloadHash,
  ].join('\n')
}

/** @param timestamp YYYYMMDD'T'HHMMSS'Z' */
export function stringToSign(canonical: string, timestamp: string, scope: CredentialScope): string {
  // Node reads header bytes as Latin-1, everything else here is ASCII: this hashes the bytes that were sent.
  const hash = createHash('sha256').update(canonical, 'latin1').digest('hex')
  return ['AWS4-HMAC-SHA256', timestamp, scopeText(scope), hash].join('\n')
}

export function scopeText({ date, region }: CredentialScope): string {
  return `${date}/${region}/s3/aws4_request`
}

export function signature(text: string, secretAccessKey: string, { date, region }: CredentialScope): string {
  const key = [date, region, 's3', 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`)
  return hmac(key, text).toString('hex')
}

/** Compares in constant time. */
export function isSameSignature(ours: string, theirs: string): boolean {
  const [a, b] = [Buffer.from(ours), Buffer.from(theirs)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function canonicalQuery(query: Iterable<[string, string]>): string {
  return Array.from(query, ([name, value]): [string, string] => [uriEncode(name), uriEncode(value)])
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** AWS's UriEncode: everything but A-Z a-z 0-9 - . _ ~ */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

// When a request's presigned URL was made.
import type { IncomingMessage } from 'node:http'

/** Milliseconds since the epoch. Infinity for a request that is not presigned: it never expires. */
export function signedAt({ url = '/' }: IncomingMessage): number {
  const date = new URL(url, 'http://s3').searchParams.get('X-Amz-Date')
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(date ?? '')
  if (!match) return Number.POSITIVE_INFINITY
  const [year = 0, month = 1, ...rest] = match.slice(1).map(Number)
  return Date.UTC(year, month - 1, ...rest)
}

// One cheap signed call that checks the credentials, the region and the bucket, and reads S3's clock.
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'

export interface BucketLook {
  /** S3's refusal, or why there was no answer. `undefined`: the bucket exists and may be listed. */
  error: unknown
  /** Names in lower case. Empty without an answer. */
  headers: Readonly<Record<string, string>>
  /** How far S3's clock is ahead of this one. `undefined`: no answer, or one without a date. */
  clockAheadMs: number | undefined
}

/** From this skew on, the AWS SDK no longer trusts the local clock; S3 refuses signatures from 15 minutes on. */
export const MAX_CLOCK_SKEW_MS = 5 * 60_000

/** Lists one key. A GET, because the reply to a HEAD has no body to give the reason of a refusal. */
export async function lookAtBucket(
  client: S3Client,
  bucket: string,
  prefix: string,
  abortSignal: AbortSignal,
): Promise<BucketLook> {
  const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 })
  let headers: Record<string, string> = {}
  let clockAheadMs: number | undefined
  command.middlewareStack.add(
    (next) => async (args) => {
      const sentAt = Date.now()
      const result = await next(args)
      headers = (result.response as { headers?: Record<string, string> }).headers ?? {}
      clockAheadMs = clockAhead(headers.date, sentAt)
      return result
    },
    // Runs before the middleware that turns refusals into errors.
    { name: 'partwayNoteHeaders', step: 'deserialize', priority: 'low' },
  )
  const error = await client.send(command, { abortSignal }).then(
    () => undefined,
    (refusal: unknown) => refusal,
  )
  return { error, headers, clockAheadMs }
}

/**
 * How far a server's clock is ahead of this one, accurate to a second plus half of the response time.
 *
 * @param date of the answer
 * @param sentAt when the request was sent, by this clock
 */
export function clockAhead(date: string | null | undefined, sentAt: number): number | undefined {
  const there = Date.parse(date ?? '')
  if (Number.isNaN(there)) return undefined
  // The date is truncated to whole seconds.
  return there + 500 - (sentAt + Date.now()) / 2
}

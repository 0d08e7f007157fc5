// Opens the bucket that a function works on: checks the options, makes the client, limits the time of each call.
import type { S3Client } from '@aws-sdk/client-s3'
import { z } from 'zod'
import { describeMisuse, OptionError } from '../describe-misuse.js'
import { plainBucketName } from '../s3/bucket-name.js'
import {
  type ConnectionOptions,
  checkOneClient,
  connectionShape,
  createClient,
} from '../s3/connection-options.js'
import { toBucketError } from './to-bucket-error.js'

interface CommonBucketOptions {
  bucket: string
  /** Milliseconds for each call to S3, the SDK's retries included; 100 to 600,000. @default 60000 */
  s3TimeoutMs?: number
  /** Aborts the work; the function then throws the signal's reason. */
  signal?: AbortSignal
}

/** The bucket and the connection to S3, as for `partway()`. */
export type BucketOptions = CommonBucketOptions & ConnectionOptions

export const bucketShape = {
  ...connectionShape,
  bucket: plainBucketName,
  s3TimeoutMs: z.int().min(100).max(600_000).default(60_000),
  signal: z.instanceof(AbortSignal).optional(),
}

export interface OpenBucket {
  readonly client: S3Client
  readonly bucket: string
  readonly s3TimeoutMs: number
  readonly signal: AbortSignal | undefined
  /** Options of one call to S3: its time limit and `signal`. */
  limit(): { abortSignal: AbortSignal }
  /**
   * @param action IAM action that the call needs
   * @throws BucketError if S3 refuses, the signal's reason once it is aborted
   */
  attempt<T>(action: string, call: Promise<T>): Promise<T>
}

/** @throws TypeError that names the function, the option, its bound and the value */
export function parseBucketOptions<S extends z.ZodType<z.infer<z.ZodObject<typeof bucketShape>>>>(
  schema: S,
  options: unknown,
  caller: string,
): z.output<S> {
  const result = schema.safeParse(options)
  if (!result.success) throw new OptionError(describeMisuse(result.error, options, caller))
  checkOneClient(result.data, caller)
  return result.data
}

/** Opens the bucket for `work`, and closes the connections afterwards unless the caller passed the client. */
export async function withBucket<T>(
  options: z.output<z.ZodObject<typeof bucketShape>>,
  work: (bucket: OpenBucket) => Promise<T>,
): Promise<T> {
  const { bucket, s3TimeoutMs, signal } = options
  const client = options.client ?? createClient(options)
  const limit = () => {
    const timeout = AbortSignal.timeout(s3TimeoutMs)
    return { abortSignal: signal ? AbortSignal.any([timeout, signal]) : timeout }
  }
  const attempt = async <R>(action: string, call: Promise<R>) => {
    try {
      return await call
    } catch (error) {
      throw signal?.aborted ? signal.reason : toBucketError(error, { bucket, action })
    }
  }
  try {
    return await work({ client, bucket, s3TimeoutMs, signal, limit, attempt })
  } finally {
    if (!options.client) client.destroy()
  }
}

// The quota at the operations' door: reserves, settles, and turns refusals and outages into coded errors.
import { z } from 'zod'
import { PartwayError } from '../errors.js'
import { describeRefusal } from './describe-refusal.js'
import { MemoryQuotaStore } from './memory-quota-store.js'
import type { QuotaLimits, QuotaStore } from './quota-store.js'
import { type RedisClient, RedisQuotaStore } from './redis-quota-store.js'

/** How much an owner may upload. At least one of `files`, `bytes` and `unfinished` is given. */
export interface QuotaOptions {
  /** Most files in `windowSeconds`. */
  files?: number
  /**
   * Most bytes in `windowSeconds`. Clients of the Companion routes do not tell a size: each of their uploads counts
   * with `limits.maxFileSize` until it is complete.
   */
  bytes?: number
  /** Most uploads begun and neither completed nor aborted, at once. */
  unfinished?: number
  /** A file counts for so many seconds from its creation; 1 to 31,536,000. @default 86400 (24 hours) */
  windowSeconds?: number
  /**
   * Client of a Redis or Valkey that all servers share: `ioredis`, `iovalkey` or `redis`. The host connects and
   * closes it. @default this process's memory, which is right for one server
   */
  redis?: RedisClient
  /** Put in front of the Redis keys. @default 'partway:quota:' */
  redisKeyPrefix?: string
  /** Milliseconds to wait for Redis; 10 to 60,000. @default 2000 */
  timeoutMs?: number
  /** What happens to new uploads while Redis does not answer. @default 'refuse' */
  onStoreError?: 'refuse' | 'allow'
}

const count = z.int().min(1).optional()

export const QuotaSchema = z
  .strictObject({
    files: count,
    bytes: count,
    unfinished: count,
    windowSeconds: z.int().min(1).max(31_536_000).default(86_400),
    redis: z
      .custom<RedisClient>((client) => typeof client === 'object' && client !== null && 'eval' in client)
      .optional(),
    redisKeyPrefix: z
      .string()
      .regex(/^[^{}]{0,128}$/, 'must hold no braces, which would change the hash slot')
      .default('partway:quota:'),
    timeoutMs: z.int().min(10).max(60_000).default(2000),
    onStoreError: z.enum(['refuse', 'allow']).default('refuse'),
  })
  .refine(
    ({ files, bytes, unfinished }) => (files ?? bytes ?? unfinished) !== undefined,
    'needs files, bytes or unfinished',
  )

export interface Quota {
  /** Whether bytes are counted, so that an upload of unknown size has to be counted with its largest. */
  readonly countsBytes: boolean
  /** @throws PartwayError `quota_exceeded`, `too_many_unfinished`, `quota_unavailable` */
  reserve(owner: string, id: string, bytes: number): Promise<void>
  /** The upload is complete: it is unfinished no more and goes on counting. */
  finish(owner: string, id: string, bytes: number): Promise<void>
  /** The upload is gone, and nothing can come of it any more: it counts no more. */
  release(owner: string, id: string): Promise<void>
}

export const NO_QUOTA: Quota = {
  countsBytes: false,
  reserve: async () => {},
  finish: async () => {},
  release: async () => {},
}

/** What an owner may upload, and where it is counted. */
export interface QuotaCounter {
  limits: QuotaLimits
  store: QuotaStore
  onStoreError: 'refuse' | 'allow'
}

/** @param unfinishedSeconds how long an upload can stay unfinished: its ticket's time */
export function createQuotaCounter(
  { redis, redisKeyPrefix, timeoutMs, onStoreError, ...limits }: z.infer<typeof QuotaSchema>,
  unfinishedSeconds: number,
): QuotaCounter {
  const { files, bytes, unfinished, windowSeconds } = limits
  return {
    limits: { files, bytes, unfinished, windowSeconds, unfinishedSeconds },
    store: redis
      ? new RedisQuotaStore(redis, { keyPrefix: redisKeyPrefix, timeoutMs })
      : new MemoryQuotaStore(),
    onStoreError,
  }
}

/** @param report gets the quota store's failures */
export function openQuota(counter: QuotaCounter | undefined, report: (error: unknown) => void): Quota {
  if (!counter) return NO_QUOTA
  const { store, limits, onStoreError } = counter
  // Completing and aborting never fail for the quota: what was not settled counts until it expires.
  const settle = async (change: Promise<void>) => await change.catch((error) => report(unavailable(error)))
  return {
    countsBytes: limits.bytes !== undefined,

    async reserve(owner, id, bytes) {
      const refusal = await store.reserve(owner, { id, bytes }, limits).catch((error: unknown) => {
        if (onStoreError === 'refuse') throw unavailable(error)
        report(unavailable(error))
        return undefined
      })
      if (!refusal) return
      const code = refusal.limit === 'unfinished' ? 'too_many_unfinished' : 'quota_exceeded'
      const retryAfterSeconds = refusal.limit === 'unfinished' ? 5 : refusal.retryAfterSeconds
      throw new PartwayError(code, describeRefusal(refusal, limits), { retryAfterSeconds })
    },

    finish: (owner, id, bytes) => settle(store.finish(owner, { id, bytes })),
    release: (owner, id) => settle(store.release(owner, id)),
  }
}

function unavailable(cause: unknown): PartwayError {
  const message = 'The server cannot check how much you may upload. Try again in a moment.'
  return new PartwayError('quota_unavailable', message, { cause, retryAfterSeconds: 5 })
}

// The quota as operations see it: reserves, settles, and turns refusals and outages into coded errors.
import { z } from 'zod'
import { PartwayError } from '../errors.js'
import type { QuotaLeft } from '../protocol.js'
import { describeRefusal } from './describe-refusal.js'
import { MemoryQuotaStore } from './memory-quota-store.js'
import type { QuotaSchema } from './quota-options.js'
import type { QuotaLimits, QuotaRefusal, QuotaStore, QuotaUsage } from './quota-store.js'
import { RedisQuotaStore } from './redis-quota-store.js'

export interface Quota {
  /** Whether bytes are limited. If so, an upload of unknown size counts with its largest possible size. */
  readonly countsBytes: boolean
  /** @throws PartwayError `quota_exceeded`, `too_many_unfinished`, `quota_unavailable` */
  reserve(owner: string, id: string, bytes: number): Promise<void>
  /** The upload is complete: it no longer counts as unfinished, but still counts. */
  finish(owner: string, id: string, bytes: number): Promise<void>
  /** The upload is gone for good, and no longer counts. */
  release(owner: string, id: string): Promise<void>
  /** What the owner has left. `undefined`: there is no quota, or it cannot be read now. */
  left(owner: string): Promise<QuotaLeft | undefined>
}

export const NO_QUOTA: Quota = {
  countsBytes: false,
  reserve: async () => {},
  finish: async () => {},
  release: async () => {},
  left: async () => undefined,
}

/** What an owner may upload, and where it is counted. */
export interface QuotaCounter {
  limits: QuotaLimits
  store: QuotaStore
  onStoreError: 'refuse' | 'allow'
  /** The account that an owner's uploads count against. */
  accountOf(owner: string): string
}

/** Shared by all mounts of this process, as a Redis is by its clients. */
const memory = new MemoryQuotaStore()

/** @param unfinishedSeconds how long an upload can stay unfinished: its ticket's lifetime */
export function createQuotaCounter(
  { name, redis, store, timeoutMs, onStoreError, ...limits }: z.infer<typeof QuotaSchema>,
  unfinishedSeconds: number,
): QuotaCounter {
  const { files, bytes, unfinished, windowSeconds } = limits
  return {
    limits: { files, bytes, unfinished, windowSeconds, unfinishedSeconds },
    store: store ?? (redis ? new RedisQuotaStore(redis, { timeoutMs }) : memory),
    onStoreError,
    // A name has no colon, so that no two pairs of name and owner make the same account.
    accountOf: (owner) => `${name}:${owner}`,
  }
}

/** @throws PartwayError `quota_unavailable` */
export async function readUsage({ store, accountOf }: QuotaCounter, owner: string): Promise<QuotaUsage> {
  if (typeof owner !== 'string' || owner === '') throw new TypeError('quotaOf(): owner must be a text')
  try {
    const { files, bytes, unfinished } = await store.usage(accountOf(owner))
    return UsageSchema.parse({ files, bytes, unfinished })
  } catch (error) {
    throw unavailable(error)
  }
}

const amount = z.number().min(0)
const UsageSchema = z.object({ files: amount, bytes: amount, unfinished: amount })
const RefusalSchema = z.object({
  limit: z.enum(['files', 'bytes', 'unfinished']),
  // Whole seconds, as `Retry-After` requires.
  retryAfterSeconds: z
    .number()
    .nullish()
    .transform((seconds) => (seconds == null ? undefined : Math.max(1, Math.ceil(seconds)))),
})

/**
 * A host's store may return anything. An invalid refusal does not allow the upload.
 *
 * @throws PartwayError `quota_unavailable`
 */
function readRefusal(answer: unknown, limits: QuotaLimits): QuotaRefusal {
  const { success, data, error } = RefusalSchema.safeParse(answer)
  if (!success) throw unavailable(error)
  const { limit, retryAfterSeconds } = data
  if (limits[limit] !== undefined) return { limit, retryAfterSeconds }
  throw unavailable(new TypeError(`the quota store refuses by ${limit}, which has no limit`))
}

/** @param report gets the quota store's failures */
export function openQuota(counter: QuotaCounter | undefined, report: (error: unknown) => void): Quota {
  if (!counter) return NO_QUOTA
  const { store, limits, onStoreError, accountOf } = counter
  // Completing and aborting never fail because of the quota: an upload that was not settled counts until it expires.
  const settle = async (change: () => Promise<void>) => {
    try {
      await change()
    } catch (error) {
      report(unavailable(error))
    }
  }
  const ask = async (owner: string, id: string, bytes: number): Promise<QuotaRefusal | undefined> => {
    let answer: unknown
    try {
      answer = await store.reserve(accountOf(owner), { id, bytes }, limits)
    } catch (error) {
      if (onStoreError === 'refuse') throw unavailable(error)
      report(unavailable(error))
    }
    return answer === undefined ? undefined : readRefusal(answer, limits)
  }
  // The host was already told that the store fails.
  const releaseQuietly = async (owner: string, id: string): Promise<void> => {
    try {
      await store.release(accountOf(owner), id)
    } catch {}
  }
  return {
    countsBytes: limits.bytes !== undefined,

    async reserve(owner, id, bytes) {
      const refusal = await ask(owner, id, bytes).catch((error: unknown) => {
        // The store may still have counted it. The page does not wait: a store that is down takes its time.
        void releaseQuietly(owner, id)
        throw error
      })
      if (!refusal) return
      const code = refusal.limit === 'unfinished' ? 'too_many_unfinished' : 'quota_exceeded'
      const retryAfterSeconds = refusal.limit === 'unfinished' ? 5 : refusal.retryAfterSeconds
      throw new PartwayError(code, describeRefusal(refusal, limits), { retryAfterSeconds })
    },

    finish: (owner, id, bytes) => settle(() => store.finish(accountOf(owner), { id, bytes })),
    release: (owner, id) => settle(() => store.release(accountOf(owner), id)),

    async left(owner) {
      try {
        const { files, bytes, unfinished } = await readUsage(counter, owner)
        const left = (limit: number | undefined, used: number) =>
          limit === undefined ? null : Math.max(0, limit - used)
        return { files: left(limits.files, files), bytes: left(limits.bytes, bytes), unfinished }
      } catch (error) {
        report(error)
        return undefined
      }
    },
  }
}

function unavailable(cause: unknown): PartwayError {
  const message = 'The server cannot check how much you may upload. Try again in a moment.'
  return new PartwayError('quota_unavailable', message, { cause, retryAfterSeconds: 5 })
}

// The option `quota`, as a host gives it.
import { z } from 'zod'
import type { QuotaStore } from './quota-store.js'
import type { RedisClient } from './redis-quota-store.js'

/** How much an owner may upload. Set at least one of `files`, `bytes` and `unfinished`. */
export interface QuotaOptions {
  /** Most files in `windowSeconds`; at least 1. @default no bound */
  files?: number
  /**
   * Most bytes in `windowSeconds`; at least 1. It also bounds `limits.maxFileSize`. Clients of the Companion routes do not send a
   * size: each of their uploads counts as `limits.maxFileSize` until it is complete. @default no bound
   */
  bytes?: number
  /** Most uploads at once that are started and neither completed nor aborted; at least 1. @default no bound */
  unfinished?: number
  /** Seconds that a file counts from its creation; 1 to 31,536,000. @default 86400 (24 hours) */
  windowSeconds?: number
  /**
   * Mounts that share a store count an owner's uploads jointly if they have the same name, and separately if not. At most 64
   * letters, digits, `.`, `_` and `-`. Mounts whose `windowSeconds` differ need a name each. @default ''
   */
  name?: string
  /**
   * Client of a Redis 6 or Valkey, or newer, that all servers share: `ioredis`, `iovalkey` or `redis`, also of a cluster. You
   * connect and close it. @default this process's memory, which suits one server and is lost when it restarts
   */
  redis?: RedisClient
  /**
   * Another place to count in, such as Postgres, instead of `redis`: an object with the functions of the type `QuotaStore`. Only
   * `undefined` from its `reserve` lets an upload in. It limits the time of its calls itself. @default none
   */
  store?: QuotaStore
  /** Milliseconds to wait for Redis; 10 to 60,000. @default 2000 */
  timeoutMs?: number
  /**
   * What happens to new uploads while Redis or `store` fails: they are refused (503 `quota_unavailable`), or allowed uncounted.
   * `onError` is told in both cases. @default 'refuse'
   */
  onStoreError?: 'refuse' | 'allow'
}

const count = z.int().min(1).optional()

const storeMethods = ['reserve', 'finish', 'release', 'usage'] as const satisfies (keyof QuotaStore)[]
const isStore = (store: unknown) =>
  typeof store === 'object' &&
  store !== null &&
  storeMethods.every((method) => typeof Reflect.get(store, method) === 'function')

export const QuotaSchema = z
  .strictObject({
    files: count,
    bytes: count,
    unfinished: count,
    windowSeconds: z.int().min(1).max(31_536_000).default(86_400),
    redis: z
      .custom<RedisClient>((client) => typeof client === 'object' && client !== null && 'eval' in client)
      .optional(),
    store: z.custom<QuotaStore>(isStore, `must have the functions ${storeMethods.join(', ')}`).optional(),
    name: z
      .string()
      .regex(/^[\w.-]{0,64}$/, 'must have at most 64 letters, digits, ".", "_" and "-"')
      .default(''),
    timeoutMs: z.int().min(10).max(60_000).default(2000),
    onStoreError: z.enum(['refuse', 'allow']).default('refuse'),
  })
  .refine(
    ({ files, bytes, unfinished }) => (files ?? bytes ?? unfinished) !== undefined,
    'needs files, bytes or unfinished',
  )
  .refine(({ redis, store }) => !redis || !store, 'takes redis or store, not both')

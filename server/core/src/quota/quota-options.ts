// The option `quota`, as a host gives it.
import { z } from 'zod'
import type { QuotaStore } from './quota-store.js'
import type { RedisClient } from './redis-quota-store.js'

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
   * Mounts that count in the same place count an owner's uploads together if this is the same, and apart if it is not. At
   * most 64 letters, digits, `.`, `_` and `-`. @default ''
   */
  name?: string
  /**
   * Client of a Redis or Valkey that all servers share: `ioredis`, `iovalkey` or `redis`. The host connects and
   * closes it. @default this process's memory, which is right for one server and forgets when it restarts
   */
  redis?: RedisClient
  /** Any other place to count in, in place of `redis`. It bounds the time of its calls itself. */
  store?: QuotaStore
  /** Milliseconds to wait for Redis; 10 to 60,000. @default 2000 */
  timeoutMs?: number
  /** What happens to new uploads while Redis or `store` fails. @default 'refuse' */
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

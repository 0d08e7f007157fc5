// Quotas counted in Redis or Valkey, for all servers that use it.
import { createHash } from 'node:crypto'
import type { QuotaLimits, QuotaRefusal, QuotaStore, QuotaUsage, Reservation } from './quota-store.js'
import { FINISH, RELEASE, RESERVE, USAGE } from './redis-quota-scripts.js'

const KEY_PREFIX = 'partway:quota:'

/** The parts in use of an `ioredis` or `iovalkey` client, or of their cluster client. */
export interface IoredisClient {
  /** Only its presence matters: it distinguishes the two kinds of clients. */
  defineCommand: unknown
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** The parts in use of a `redis` (node-redis) client, or of its cluster client. */
export interface NodeRedisClient {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** A client that the host has connected. The host handles the errors that it emits. */
export type RedisClient = IoredisClient | NodeRedisClient

export interface RedisQuotaStoreOptions {
  /**
   * Milliseconds, 1 to 600,000, after which a call that Redis has not answered fails.
   * @default 2000
   */
  timeoutMs?: number
}

/**
 * Counts in Redis 6 or Valkey, or newer. The keys of an account are in one hash slot, and expire a second after their
 * last entry. The server must not evict them: evicted uploads no longer count.
 */
export class RedisQuotaStore implements QuotaStore {
  readonly #client: RedisClient
  readonly #timeoutMs: number

  /** @throws TypeError that names the option, its bound and what came */
  constructor(client: RedisClient, { timeoutMs = 2000 }: RedisQuotaStoreOptions = {}) {
    if (typeof client?.eval !== 'function') {
      throw new TypeError(
        `RedisQuotaStore: client must be one of ioredis, iovalkey or redis, got ${typeof client}`,
      )
    }
    if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 600_000) {
      throw new TypeError(
        `RedisQuotaStore: option timeoutMs must be an integer from 1 to 600000, got ${timeoutMs}`,
      )
    }
    this.#client = client
    this.#timeoutMs = timeoutMs
  }

  async reserve(
    account: string,
    { id, bytes }: Reservation,
    { files, unfinished, windowSeconds, unfinishedSeconds, ...limits }: QuotaLimits,
  ): Promise<QuotaRefusal | undefined> {
    const durations = [windowSeconds * 1000, unfinishedSeconds * 1000]
    const bounds = [files ?? '', limits.bytes ?? '', unfinished ?? '']
    try {
      return toRefusal(await this.#run('reserve', RESERVE, account, [id, bytes, ...durations, ...bounds]))
    } catch (error) {
      // Redis may still have counted it, or the client may still queue it: release it after that, best effort.
      this.#eval(RELEASE, account, [id]).catch(() => undefined)
      throw error
    }
  }

  async finish(account: string, { id, bytes }: Reservation): Promise<void> {
    await this.#run('finish', FINISH, account, [id, bytes])
  }

  async release(account: string, id: string): Promise<void> {
    await this.#run('release', RELEASE, account, [id])
  }

  async usage(account: string): Promise<QuotaUsage> {
    const answer = await this.#run('read', USAGE, account, [])
    const [files = 0, bytes = 0, unfinished = 0] = answer.split(' ').map(Number)
    return { files, bytes, unfinished }
  }

  async #run(
    operation: string,
    script: string,
    account: string,
    values: (string | number)[],
  ): Promise<string> {
    const answer = this.#eval(script, account, values)
    return String(await withTimeLimit(answer, `Redis to ${operation} a quota`, this.#timeoutMs))
  }

  async #eval(script: string, account: string, values: (string | number)[]): Promise<unknown> {
    // An account may be any text. Its digest has no braces and a fixed length.
    const slot = `${KEY_PREFIX}{${createHash('sha256').update(account).digest('base64url')}}`
    const keys = [`${slot}:window`, `${slot}:bytes`, `${slot}:unfinished`]
    const client = this.#client
    if ('defineCommand' in client)
      return await client.eval(script, keys.length, ...keys, ...values.map(String))
    return await client.eval(script, { keys, arguments: values.map(String) })
  }
}

function toRefusal(answer: string): QuotaRefusal | undefined {
  if (answer === 'ok') return undefined
  const [limit, seconds] = answer.split(' ')
  if (limit !== 'files' && limit !== 'bytes' && limit !== 'unfinished') {
    throw new Error(`Redis answered ${answer} to a reservation`)
  }
  return { limit, retryAfterSeconds: seconds === undefined ? undefined : Number(seconds) }
}

async function withTimeLimit<T>(answer: Promise<T>, what: string, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${timeoutMs} ms for ${what}`)), timeoutMs)
  })
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

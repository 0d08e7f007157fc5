// What the quota contract runs against: memory with a clock of the test's own, and Valkey by both client libraries.
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { expect } from 'vitest'
import { MemoryQuotaStore } from '../../../server/core/src/quota/memory-quota-store.js'
import type { QuotaRefusal, QuotaStore } from '../../../server/core/src/quota/quota-store.js'
import { RedisQuotaStore } from '../../../server/core/src/quota/redis-quota-store.js'
import { findValkey, startValkey } from '../../support/start-valkey.js'

type Attempt = () => Promise<QuotaRefusal | undefined>

export interface OpenBackend {
  store: QuotaStore
  /** Expects that `attempt` is refused until `seconds` after the reservation before it, and succeeds then. */
  succeedsAfter(seconds: number, attempt: Attempt): Promise<void>
  close(): Promise<void>
}

export interface Backend {
  /** With the reason, if it is missing here. */
  name: string
  missing: boolean
  open(): Promise<OpenBackend>
}

export const noValkey = findValkey() === undefined
/** For the names of tests. */
export const onValkey = noValkey ? 'SKIPPED, no valkey-server or redis-server on the PATH' : 'on Valkey'

export const backends: Backend[] = [
  { name: 'MemoryQuotaStore', missing: false, open: openMemory },
  { name: `RedisQuotaStore by ioredis (${onValkey})`, missing: noValkey, open: openIoredis },
  { name: `RedisQuotaStore by node-redis (${onValkey})`, missing: noValkey, open: openNodeRedis },
]

async function openMemory(): Promise<OpenBackend> {
  let now = 1_700_000_000_000
  return {
    store: new MemoryQuotaStore(() => now),
    async succeedsAfter(seconds, attempt) {
      now += seconds * 1000 - 1
      expect(await attempt()).toMatchObject({ limit: expect.any(String) })
      now += 1
      expect(await attempt()).toBeUndefined()
    },
    close: async () => undefined,
  }
}

async function succeedsAfter(seconds: number, attempt: Attempt): Promise<void> {
  expect(await attempt()).toMatchObject({ limit: expect.any(String) })
  await expect.poll(attempt, { interval: 20, timeout: seconds * 1000 + 2000 }).toBeUndefined()
}

async function openIoredis(): Promise<OpenBackend> {
  const valkey = await startValkey()
  const client = new Redis(valkey.url)
  const close = async () => {
    client.disconnect()
    await valkey.stop()
  }
  return { store: new RedisQuotaStore(client), succeedsAfter, close }
}

async function openNodeRedis(): Promise<OpenBackend> {
  const valkey = await startValkey()
  const client = createClient({ url: valkey.url })
  await client.connect()
  const close = async () => {
    client.destroy()
    await valkey.stop()
  }
  return { store: new RedisQuotaStore(client), succeedsAfter, close }
}

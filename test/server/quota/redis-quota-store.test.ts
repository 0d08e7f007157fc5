// The Redis store beyond the contract: what several servers share, and what it leaves behind.
import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import fc from 'fast-check'
import { Cluster, Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { MemoryQuotaStore } from '../../../server/core/src/quota/memory-quota-store.js'
import type { QuotaLimits, QuotaStore } from '../../../server/core/src/quota/quota-store.js'
import { RESERVE, USAGE } from '../../../server/core/src/quota/redis-quota-scripts.js'
import { RedisQuotaStore } from '../../../server/core/src/quota/redis-quota-store.js'
import { freePort } from '../../support/free-port.js'
import { startValkey, type Valkey } from '../../support/start-valkey.js'
import { noValkey, onValkey } from './quota-backends.js'

const limits: QuotaLimits = {
  files: 20,
  bytes: undefined,
  unfinished: undefined,
  windowSeconds: 60,
  unfinishedSeconds: 600,
}
const reserve = (store: QuotaStore, owner: string, more: Partial<QuotaLimits> = {}) =>
  store.reserve(owner, { id: randomUUID(), bytes: 1 }, { ...limits, ...more })

test('options that are none are refused', () => {
  const client = { eval: async () => 'ok' }
  expect(() => new RedisQuotaStore({} as never)).toThrow('client must be one of')
  expect(() => new RedisQuotaStore(client, { timeoutMs: 0 })).toThrow(
    new TypeError('RedisQuotaStore: option timeoutMs must be an integer from 1 to 600000, got 0'),
  )
})

describe.skipIf(noValkey)(`RedisQuotaStore (${onValkey})`, () => {
  let valkey: Valkey
  let client: Redis
  let store: RedisQuotaStore
  let owner: string

  beforeAll(async () => {
    valkey = await startValkey()
    client = new Redis(valkey.url)
    store = new RedisQuotaStore(client)
  })
  afterAll(async () => {
    client?.disconnect()
    await valkey?.stop()
  })
  beforeEach(async () => {
    await client.flushall()
    owner = randomUUID()
  })

  test('two connections share a quota', async () => {
    const other = createClient({ url: valkey.url })
    await other.connect()
    onTestFinished(() => other.destroy())
    const stores = [store, new RedisQuotaStore(other)]
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () => stores.map((each) => reserve(each, owner))).flat(),
    )
    expect(outcomes.filter((refusal) => refusal === undefined)).toHaveLength(20)
  })

  test('two processes share a quota', async () => {
    const children = [1, 2].map(() =>
      fork(join(import.meta.dirname, 'quota-process.js'), [String(valkey.port), owner, '100', '20']),
    )
    await Promise.all(children.map((child) => once(child, 'message')))
    const counts = Promise.all(children.map((child) => once(child, 'message')))
    const exits = Promise.all(children.map((child) => once(child, 'exit')))
    for (const child of children) child.send('go')
    const [[first], [second]] = (await counts) as [[number], [number]]
    expect(first + second).toBe(20)
    expect(await exits).toEqual([
      [0, null],
      [0, null],
    ])
  })

  test('it decides as the memory store does, whatever happens, and whenever', async () => {
    // Both go by this clock: scripts that run a few milliseconds apart would count what leaves together as apart.
    let now = 0
    const readsClock = "redis.call('TIME')"
    const withClock = {
      eval: (script: string, { keys, arguments: values }: { keys: string[]; arguments: string[] }) =>
        client.eval(script.replace(readsClock, `{${now / 1000}, 0}`), keys.length, ...keys, ...values),
    }
    for (const script of [RESERVE, USAGE]) expect(script).toContain(readsClock)

    const id = fc.constantFrom(...Array.from({ length: 8 }, () => randomUUID()))
    const bytes = fc.integer({ min: 0, max: 50 })
    const bound = (max: number) => fc.option(fc.integer({ min: 0, max }), { nil: undefined })
    const seconds = fc.constantFrom(1000, 2000, 3000)
    const bounds = fc.record({
      files: bound(5),
      bytes: bound(100),
      unfinished: bound(4),
      windowSeconds: seconds,
      unfinishedSeconds: seconds,
    })
    const call = fc.oneof(
      fc.tuple(id, bytes, bounds).map(
        ([id, bytes, bounds]) =>
          (to: QuotaStore, owner: string) =>
            to.reserve(owner, { id, bytes }, bounds),
      ),
      fc.tuple(id, bytes).map(
        ([id, bytes]) =>
          (to: QuotaStore, owner: string) =>
            to.finish(owner, { id, bytes }),
      ),
      id.map((id) => (to: QuotaStore, owner: string) => to.release(owner, id)),
      fc.constant((to: QuotaStore, owner: string) => to.usage(owner)),
    )
    const step = fc.record({ waitSeconds: fc.constantFrom(0, 0, 500, 1000), call })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
        now = 0
        const owner = randomUUID()
        const [memory, redis] = [new MemoryQuotaStore(() => now), new RedisQuotaStore(withClock)]
        for (const { waitSeconds, call } of steps) {
          now += waitSeconds * 1000
          expect(await call(redis, owner)).toEqual(await call(memory, owner))
        }
      }),
      { numRuns: 500 },
    )
  })

  test('every key expires, and not before its last entry', async () => {
    const lifetimes = async () => {
      const keys = (await client.keys('*')).sort()
      const names = keys.map((key) => key.replace(/^partway:quota:\{[\w-]{43}\}:/, ''))
      const seconds = await Promise.all(keys.map((key) => client.ttl(key)))
      return Object.fromEntries(names.map((name, index) => [name, seconds[index]]))
    }
    const within = (seconds: number) => expect.toBeOneOf([seconds - 1, seconds, seconds + 1])
    const id = randomUUID()
    await store.reserve(owner, { id, bytes: 5 }, limits)
    await reserve(store, owner, { windowSeconds: 1, unfinishedSeconds: 1 })
    const before = { window: within(60), bytes: within(60), unfinished: within(600) }
    expect(await lifetimes()).toEqual(before)
    await store.finish(owner, { id, bytes: 7 })
    await store.release(owner, randomUUID())
    expect(await lifetimes()).toMatchObject({ window: within(60), bytes: within(60) })

    await client.flushall()
    await reserve(store, owner, { windowSeconds: 1, unfinishedSeconds: 1 })
    expect(await client.keys('*')).toHaveLength(3)
    await expect.poll(() => client.keys('*'), { timeout: 5000 }).toEqual([])
  })

  test('a file counts for no less than the window', async () => {
    const start = performance.now()
    const next = () => reserve(store, owner, { files: 1, windowSeconds: 1 })
    expect(await next()).toBeUndefined()
    expect(await next()).toEqual({ limit: 'files', retryAfterSeconds: 1 })
    await expect.poll(next, { interval: 1, timeout: 5000 }).toBeUndefined()
    // The clock of Valkey counts whole milliseconds.
    expect(performance.now() - start).toBeGreaterThan(998)
  })

  test('an owner who never pauses does not pile up what has expired', async () => {
    await Promise.all(Array.from({ length: 20 }, () => reserve(store, owner, { windowSeconds: 1 })))
    const kept = async () => {
      expect(await reserve(store, owner, { windowSeconds: 1, unfinishedSeconds: 1 })).toBeUndefined()
      const [hash = ''] = await client.keys('*:bytes')
      return Object.values(await client.hgetall(hash))
    }
    // The sum and the latest, once a window lies between two of them.
    await expect.poll(kept, { interval: 1100, timeout: 20_000 }).toEqual(['1', '1'])
  })

  test('the keys of an owner are in one slot of a cluster', async () => {
    const node = await startCluster()
    onTestFinished(node.stop)
    const cluster = new Cluster([node.url])
    onTestFinished(() => cluster.disconnect())
    const clustered = new RedisQuotaStore(cluster)
    expect(await reserve(clustered, '{odd}', { files: 1 })).toBeUndefined()
    expect(await reserve(clustered, '{odd}', { files: 1 })).toMatchObject({ limit: 'files' })
  })
})

/** One node with all slots. */
async function startCluster(): Promise<Valkey> {
  const busPort = String(await freePort())
  const flags = ['--cluster-enabled', 'yes', '--cluster-port', busPort]
  const node = await startValkey([...flags, '--cluster-announce-ip', '127.0.0.1'])
  const client = new Redis(node.url)
  await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  const state = async () => String(await client.call('CLUSTER', 'INFO'))
  await expect.poll(state, { timeout: 20_000 }).toContain('cluster_state:ok')
  client.disconnect()
  return node
}

// The Redis store when Valkey is slow or dead: each call ends in time, and nothing is counted that nobody was told of.
import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { QuotaLimits } from '../../../server/core/src/quota/quota-store.js'
import { type RedisClient, RedisQuotaStore } from '../../../server/core/src/quota/redis-quota-store.js'
import { startValkey, type Valkey } from '../../support/start-valkey.js'
import { noValkey, onValkey } from './quota-backends.js'

const limits: QuotaLimits = {
  files: 1,
  bytes: undefined,
  unfinished: undefined,
  windowSeconds: 60,
  unfinishedSeconds: 600,
}
const reserve = (store: RedisQuotaStore) => store.reserve('ada', { id: randomUUID(), bytes: 1 }, limits)
const finish = (store: RedisQuotaStore) => store.finish('ada', { id: randomUUID(), bytes: 1 })
const release = (store: RedisQuotaStore) => store.release('ada', randomUUID())

const libraries: [string, (url: string) => Promise<RedisClient>][] = [
  ['ioredis', connectIoredis],
  ['node-redis', connectNodeRedis],
]
describe.skipIf(noValkey).each(libraries)(`RedisQuotaStore by %s (${onValkey})`, (_, connect) => {
  let valkey: Valkey
  let client: RedisClient

  beforeEach(async () => {
    valkey = await startValkey()
    onTestFinished(valkey.stop)
    client = await connect(valkey.url)
  })

  test('what is not answered in time fails, and is not counted later', async () => {
    const hurried = new RedisQuotaStore(client, { timeoutMs: 100 })
    const admin = await connectIoredis(valkey.url)
    await admin.call('CLIENT', 'PAUSE', '1000', 'ALL')
    await expect(reserve(hurried)).rejects.toThrow('Waited 100 ms for Redis to reserve a quota')
    await expect(finish(hurried)).rejects.toThrow('Waited 100 ms for Redis to finish a quota')
    await expect(release(hurried)).rejects.toThrow('Waited 100 ms for Redis to release a quota')
    const patient = new RedisQuotaStore(client)
    expect(await reserve(patient)).toBeUndefined()
    expect(await reserve(patient)).toMatchObject({ limit: 'files' })
  })

  test('on a dead server each call fails in time', async () => {
    const store = new RedisQuotaStore(client, { timeoutMs: 300 })
    expect(await reserve(store)).toBeUndefined()
    await valkey.stop()
    for (const call of [reserve, finish, release]) {
      const start = performance.now()
      await expect(call(store)).rejects.toThrow(Error)
      expect(performance.now() - start).toBeLessThan(1000)
    }
  })
})

async function connectIoredis(url: string) {
  const client = new Redis(url)
  client.on('error', () => undefined)
  onTestFinished(() => client.disconnect())
  return client
}

async function connectNodeRedis(url: string) {
  const client = createClient({ url })
  client.on('error', () => undefined)
  await client.connect()
  onTestFinished(() => client.destroy())
  return client
}

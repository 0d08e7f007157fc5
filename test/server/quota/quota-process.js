// A server of its own, as far as quotas go: node quota-process.js PORT OWNER REQUESTS LIMIT
// Says `ready`, and on any message reserves all at once and says how many succeeded.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { runnerImport } from 'vite'

const [, , port, owner, requests, limit] = process.argv
const source = join(import.meta.dirname, '../../../server/core/src/quota/redis-quota-store.ts')
const { module } = await runnerImport(source, { configFile: false, logLevel: 'error' })
const client = new Redis(Number(port), '127.0.0.1')
await once(client, 'ready')
const store = new module.RedisQuotaStore(client)
process.send('ready')
await once(process, 'message')
const limits = { files: Number(limit), windowSeconds: 60, unfinishedSeconds: 60 }
const refusals = await Promise.all(
  Array.from({ length: Number(requests) }, () =>
    store.reserve(owner, { id: randomUUID(), bytes: 1 }, limits),
  ),
)
process.send(refusals.filter((refusal) => refusal === undefined).length)
await client.quit()
process.disconnect()

// A secret that is replaced on several servers, one after the other, while uploads go on.
import { randomBytes } from 'node:crypto'
import type { MultipartGrant } from '@partway/koa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, multipart, sendAll } from '../native-client.js'
import { readObject, sha256 } from '../s3-contents.js'
import { testOptions } from '../serve.js'
import { type ServerProcess, startServer } from './start-server.js'

const MIB = 1024 ** 2
let s3: S3UnderTest
let bucket: string

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client)
})
afterAll(async () => {
  await s3.close()
})

const older = 'the secret of last year, which many know by now'
const newer = 'the secret of this year, which nobody knows yet'
const bytes = randomBytes(6 * MIB)
const film = { name: 'film.mp4', type: 'video/mp4', size: bytes.length }

const start = (...secrets: string[]) =>
  startServer({ options: testOptions(s3, bucket, { partSize: 5 * MIB, secrets }) })
const begin = async (server: ServerProcess) => multipart((await client(server).create(film))[0])

async function uploadOn(server: ServerProcess, grant: MultipartGrant): Promise<void> {
  const { sign, complete } = client(server)
  const { parts } = await sign(grant.ticket, 1, 2)
  await sendAll(bytes, { ...grant, parts })
  expect(await complete(grant.ticket)).toMatchObject([{ key: grant.key, size: film.size }])
  expect((await readObject(s3.client, bucket, grant.key)).sha256).toBe(sha256(bytes))
}

test('with a new secret in front, tickets of the old one are good on both servers', async () => {
  const [changed, unchanged] = await Promise.all([start(newer, older), start(older)])
  await uploadOn(changed, await begin(unchanged))
  await uploadOn(unchanged, await begin(unchanged))
  await uploadOn(changed, await begin(changed))
  // It cannot know the new secret, which is why the new one is first put last, on all servers.
  expect(await client(unchanged).complete((await begin(changed)).ticket)).toMatchObject([
    { code: 'ticket_invalid', status: 403 },
  ])
})

test('first put last, then in front: every upload goes on, on either server, at every moment', async () => {
  const servers = await Promise.all([start(older), start(older)])
  const open: MultipartGrant[] = []
  const check = async () => {
    open.push(...(await Promise.all(servers.map(begin))))
    for (const server of servers) {
      for (const { ticket } of open) expect(await client(server).parts(ticket)).toEqual({ parts: [] })
    }
  }
  await check()
  for (const secrets of [
    [older, newer],
    [newer, older],
  ]) {
    for (const [index, server] of servers.entries()) {
      server.terminate()
      expect(await server.exit).toEqual([0, null])
      servers[index] = await start(...secrets)
      await check()
    }
  }
  const [first, second] = servers
  expect(open).toHaveLength(10)
  for (const [index, grant] of open.entries()) await uploadOn(index % 2 ? first : second, grant)

  const last = await start(newer)
  expect(await client(last).parts(open[0]?.ticket ?? '')).toMatchObject({ code: 'ticket_invalid' })
  expect(await client(last).complete(open.at(-1)?.ticket ?? '')).toMatchObject([{ size: film.size }])
})

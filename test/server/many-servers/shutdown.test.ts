// A server that is stopped while it works, and another one that takes over.
import { randomBytes } from 'node:crypto'
import type { CompleteReply, ErrorBody } from '@partway/koa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, multipart, sendAll } from '../native-client.js'
import { readObject, sha256 } from '../s3-contents.js'
import { call, post, testOptions } from '../serve.js'
import { startTwoServers } from './start-server.js'

const MIB = 1024 ** 2
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

test('it answers the call in flight, sends new ones to the other, and ends by itself', async () => {
  const bucket = await createBucket(s3.client)
  const setup = { options: testOptions(s3, bucket, { partSize: 5 * MIB }) }
  const { servers, proxy } = await startTwoServers({ ...setup, holdComplete: true }, setup)
  const [stopping, staying] = servers
  const bytes = randomBytes(6 * MIB)
  const grant = multipart(
    (await client(staying).create({ name: 'film.mp4', type: 'video/mp4', size: bytes.length }))[0],
  )
  await sendAll(bytes, grant)
  const inFlight = post<CompleteReply>(`${stopping.origin}/uploads/complete`, { tickets: [grant.ticket] })
  await stopping.untilTold('completing')
  stopping.terminate()
  await stopping.untilTold('closing')

  const ask = (origin: string) => call<ErrorBody>(`${origin}/uploads/config`)
  const { status, headers, body } = await ask(stopping.origin)
  expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'shutting_down', '1'])
  // Or trying again would reach it again, where connections are balanced and not requests.
  expect(headers.get('connection')).toBe('close')
  // Whom the load balancer sends to it reaches the other by trying again.
  const statuses = [(await ask(proxy.origin)).status, (await ask(proxy.origin)).status]
  expect(statuses).toEqual([503, 200])

  stopping.letComplete()
  expect(await inFlight).toMatchObject({
    status: 200,
    body: { uploads: [{ key: grant.key, size: bytes.length }] },
  })
  expect((await readObject(s3.client, bucket, grant.key)).sha256).toBe(sha256(bytes))
  expect(await stopping.exit).toEqual([0, null])
  for (const _ of servers) expect((await ask(proxy.origin)).status).toBe(200)
})

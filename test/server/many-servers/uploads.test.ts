// Uploads that several servers serve in turn, also when one of them dies in the middle.
import { randomBytes } from 'node:crypto'
import type { MultipartGrant, PartwayOptions, SignedPart } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, multipart, partOf, sendAll, sendPart } from '../native-client.js'
import { readObject, sha256 } from '../s3-contents.js'
import { post, testOptions } from '../serve.js'
import { startTwoServers } from './start-server.js'

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

const bytes = randomBytes(12 * MIB)
const film = { name: 'film.mp4', type: 'video/mp4', size: bytes.length }
const setup = (more: Partial<PartwayOptions> = {}) => ({
  options: testOptions(s3, bucket, { partSize: 5 * MIB, ...more }),
})
const sha256Of = async ({ key }: { key: string }) => (await readObject(s3.client, bucket, key)).sha256
const numbersOf = ({ partCount }: MultipartGrant) =>
  Array.from({ length: partCount }, (_, index) => index + 1)

test.each([
  ['the first', 0],
  ['the other', 1],
] as const)('begun on one server, signed by the other, completed by %s', async (_, completer) => {
  const { servers } = await startTwoServers(setup())
  const [first, second] = servers.map((server) => client(server))
  const grant = multipart((await first?.create(film))?.[0])
  const signed = await second?.sign(grant.ticket, ...numbersOf(grant))
  await sendAll(bytes, { ...grant, parts: signed?.parts ?? [] })
  expect(await client(servers[completer]).complete(grant.ticket)).toMatchObject([{ size: film.size }])
  expect(await sha256Of(grant)).toBe(sha256(bytes))
})

test('in turn, both serve every upload', async () => {
  const { servers, proxy } = await startTwoServers(setup())
  const { create, sign, parts, complete } = client(proxy)
  // The last has a part more than is signed with the grant.
  for (const size of [11 * MIB, 15 * MIB, 62 * MIB + 1]) {
    const file = randomBytes(size)
    const grant = multipart((await create({ ...film, size }))[0])
    for (const partNumber of numbersOf(grant)) {
      const { parts } = await sign(grant.ticket, partNumber)
      expect(await sendPart(parts[0] as SignedPart, partOf(file, grant, partNumber))).toBe(200)
    }
    expect((await parts(grant.ticket)).parts).toHaveLength(Math.ceil(size / (5 * MIB)))
    expect(await complete(grant.ticket)).toMatchObject([{ key: grant.key, size }])
    expect(await sha256Of(grant)).toBe(sha256(file))
    const backends = proxy.backendsOf(grant.ticket)
    expect(backends).toHaveLength(grant.partCount + 3)
    for (const { origin } of servers) {
      expect(backends.filter((backend) => backend === origin).length).toBeGreaterThan(2)
    }
  }
})

describe('a server that is killed', () => {
  test('in the middle of an upload leaves it to the other', async () => {
    const { servers, proxy } = await startTwoServers(setup())
    const [killed, survivor] = servers
    const { create, parts, sign, complete } = client(proxy)
    const grant = multipart((await create(film))[0])
    expect(proxy.backendsOf(grant.ticket)).toEqual([killed.origin])
    expect(await sendPart(grant.parts[1] as SignedPart, partOf(bytes, grant, 2))).toBe(200)
    await killed.kill()

    const { parts: held } = await parts(grant.ticket)
    expect(held).toMatchObject([{ partNumber: 2, size: 5 * MIB }])
    const { parts: missing } = await sign(grant.ticket, 1, 3)
    await sendAll(bytes, { ...grant, parts: missing })
    expect(await complete(grant.ticket)).toMatchObject([{ size: film.size }])
    expect(await sha256Of(grant)).toBe(sha256(bytes))
    const [, ...later] = proxy.backendsOf(grant.ticket)
    expect(later).toEqual([survivor.origin, survivor.origin, survivor.origin])
  })

  test('before it says that an upload is complete: completing again reaches the other', async () => {
    const { servers, proxy } = await startTwoServers({ ...setup(), holdComplete: true }, setup())
    const [killed, survivor] = servers
    const grant = multipart((await client(survivor).create(film))[0])
    await sendAll(bytes, grant)
    const lost = post(`${proxy.origin}/uploads/complete`, { tickets: [grant.ticket] })
    await killed.untilTold('completing')
    await killed.kill()
    expect((await lost).status).toBe(502)
    const [done] = await client(proxy).complete(grant.ticket)
    expect(done).toMatchObject({ key: grant.key, size: film.size })
    expect(await sha256Of(grant)).toBe(sha256(bytes))
    expect(proxy.backendsOf(grant.ticket)).toEqual([survivor.origin])
  })
})

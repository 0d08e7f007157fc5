// Parts with checksums: signed for them, refused with others, listed with them, and made into one of the whole object.
import { createHash, randomBytes } from 'node:crypto'
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import type { ErrorBody, MultipartGrant, PartsReply, SignedPart, SignReply } from '@partway/koa'
import type { CompleteReply, UnfinishedReply } from '@partway/server/protocol'
import { createCRC64 } from 'hash-wasm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { multipart, openApp, partOf } from '../native-client.js'
import { readObject, sha256 } from '../s3-contents.js'
import { type HostApp, post, serveApp, testOptions } from '../serve.js'

const MIB = 1024 ** 2
const bytes = randomBytes(12 * MIB)
const file = { name: 'film.mp4', type: 'video/mp4', size: bytes.length }
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

const md5Of = (data: Uint8Array) => createHash('md5').update(data).digest('base64')

async function crcOf(data: Uint8Array): Promise<string> {
  const crc = await createCRC64('9a6c9329ac4bc9b5')
  return Buffer.from(crc.init().update(data).digest('binary')).toString('base64')
}

const send = <Reply>({ origin }: HostApp, route: string, body: object) =>
  post<Reply & ErrorBody>(`${origin}/uploads/${route}`, body, { 'x-user': 'ada' })

async function putPart({ url, headers = {} }: SignedPart, body: Uint8Array): Promise<number> {
  const { status } = await fetch(url, { method: 'PUT', headers, body: body as BodyInit })
  return status
}

/** Sends all parts, each with its checksum. */
async function sendParts(host: HostApp, grant: MultipartGrant): Promise<void> {
  const numbers = Array.from({ length: grant.partCount }, (_, index) => index + 1)
  const parts = await Promise.all(
    numbers.map(async (partNumber) => ({
      partNumber,
      checksum: await crcOf(partOf(bytes, grant, partNumber)),
    })),
  )
  const { body } = await send<SignReply>(host, 'sign', { ticket: grant.ticket, parts })
  for (const part of body.parts) {
    expect(await putPart(part, partOf(bytes, grant, part.partNumber))).toBe(200)
  }
}

describe('crc64nvme', () => {
  test('a part is signed for its checksum, in the form that S3 wants', async () => {
    const { host, create } = await openApp(s3, { checksum: 'crc64nvme' })
    const { ticket, ...grant } = multipart((await create(file))[0])
    expect(grant).toMatchObject({ checksum: 'crc64nvme', parts: [] })
    expect((await send<PartsReply>(host, 'parts', { ticket, sign: true })).body.signed).toEqual([])
    const refused = { status: 400, body: { code: 'invalid_request', field: 'parts[0].checksum' } }
    expect(await send(host, 'sign', { ticket, parts: [{ partNumber: 1 }] })).toMatchObject(refused)
    for (const wrong of [randomBytes(5).toString('base64'), '!'.repeat(8)]) {
      const parts = [{ partNumber: 1, checksum: wrong }]
      expect(await send(host, 'sign', { ticket, parts })).toMatchObject(refused)
    }
    const right = await crcOf(bytes.subarray(0, 5 * MIB))
    const parts = [{ partNumber: 1, checksum: right }]
    const { body } = await send<SignReply>(host, 'sign', { ticket, parts })
    expect(body.parts).toMatchObject([{ partNumber: 1, headers: { 'x-amz-checksum-crc64nvme': right } }])
    await host.close()
  })

  test('S3 refuses a part without it, and with another', async () => {
    const { host, create } = await openApp(s3, { checksum: 'crc64nvme' })
    const { ticket } = multipart((await create(file))[0])
    const first = bytes.subarray(0, 5 * MIB)
    const parts = [{ partNumber: 1, checksum: await crcOf(first) }]
    const { body } = await send<SignReply>(host, 'sign', { ticket, parts })
    const [part] = body.parts as [SignedPart]
    expect(await putPart({ ...part, headers: {} }, first)).toBe(403)
    const another = { 'x-amz-checksum-crc64nvme': await crcOf(bytes.subarray(0, 5)) }
    expect(await putPart({ ...part, headers: another }, first)).toBe(403)
    // Ceph 18 does not look at the body.
    if (s3.name === 'embedded') expect(await putPart(part, randomBytes(5 * MIB))).toBe(400)
    expect(await putPart(part, first)).toBe(200)
    await host.close()
  })

  test('all arrives; the whole is what the checksum says', async () => {
    const { bucket, host, create, parts } = await openApp(s3, { checksum: 'crc64nvme' })
    const grant = multipart((await create(file))[0])
    await sendParts(host, grant)
    const first = partOf(bytes, grant, 1)
    const own = s3.name === 'embedded' && { crc64nvme: await crcOf(first) }
    const listed = (await parts(grant.ticket)).parts
    expect(listed[0]?.checksums).toEqual({ md5: md5Of(first), ...own })
    const whole = { tickets: [grant.ticket], checksum: await crcOf(bytes) }
    const { body } = await send<CompleteReply>(host, 'complete', whole)
    expect(body.uploads).toMatchObject([{ size: bytes.length }])
    expect((await readObject(s3.client, bucket, grant.key)).sha256).toBe(sha256(bytes))
    await host.close()
  })
})

test.skipIf(process.env.S3_UNDER_TEST === 'ceph')(
  'an upload that was begun keeps its kind when the option changes',
  async () => {
    const { bucket, host, create } = await openApp(s3, { checksum: 'crc64nvme' })
    const { ticket } = multipart((await create(file))[0])
    await host.close()
    const changed = await serveApp(testOptions(s3, bucket, { checksum: 'md5' }))
    const { body } = await post<UnfinishedReply>(`${changed.origin}/uploads/unfinished`, {})
    expect(body.uploads).toMatchObject([{ checksum: 'crc64nvme' }])
    const part = { partNumber: 1, checksum: await crcOf(bytes) }
    for (const known of [ticket, body.uploads[0]?.ticket]) {
      const { status } = await send(changed, 'sign', { ticket: known, parts: [part] })
      expect(status).toBe(200)
    }
    await changed.close()
  },
)

describe('the crc64nvme of the whole', () => {
  test.skipIf(process.env.S3_UNDER_TEST === 'ceph')(
    'another one is refused, and the upload goes on (Ceph 18 does not look at it)',
    async () => {
      const { bucket, host, create, complete } = await openApp(s3, { checksum: 'crc64nvme' })
      const grant = multipart((await create(file))[0])
      await sendParts(host, grant)
      const wrong = { tickets: [grant.ticket], checksum: await crcOf(bytes.subarray(1)) }
      const { body } = await send<CompleteReply>(host, 'complete', wrong)
      expect(body.uploads).toMatchObject([{ code: 'part_mismatch', status: 409 }])
      expect(await complete(grant.ticket)).toMatchObject([{ size: bytes.length }])
      const address = { Bucket: bucket, Key: grant.key, ChecksumMode: 'ENABLED' } as const
      const head = await s3.client.send(new HeadObjectCommand(address))
      expect(head.ChecksumType).toBe('FULL_OBJECT')
      expect(head.ChecksumCRC64NVME).toBe(await crcOf(bytes))
      // The page of another file asks when the object is there.
      const late = await send<CompleteReply>(host, 'complete', wrong)
      expect(late.body.uploads).toMatchObject([{ code: 'object_mismatch', status: 409 }])
      await host.close()
    },
  )
})

describe('a checksum that nobody asked for is refused', () => {
  const field = (name: string) => ({ code: 'invalid_request', field: name })

  test.each(['md5', 'none'] as const)('with %s', async (kind) => {
    const { host, create } = await openApp(s3, { checksum: kind })
    const { ticket } = multipart((await create(file))[0])
    const value = await crcOf(bytes)
    const signing = await send(host, 'sign', { ticket, parts: [{ partNumber: 1, checksum: value }] })
    expect(signing).toMatchObject({ status: 400, body: field('parts[0].checksum') })
    const completing = await send<CompleteReply>(host, 'complete', { tickets: [ticket], checksum: value })
    expect(completing.body.uploads).toMatchObject([field('checksum')])
    await host.close()
  })

  test('of the whole, for several uploads', async () => {
    const { host, create } = await openApp(s3, { checksum: 'crc64nvme' })
    const { ticket } = multipart((await create(file))[0])
    const value = await crcOf(bytes)
    const several = await send(host, 'complete', { tickets: [ticket, ticket], checksum: value })
    expect(several).toMatchObject({ status: 400, body: field('checksum') })
    await host.close()
  })
})

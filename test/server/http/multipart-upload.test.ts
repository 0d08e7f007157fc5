// Large files on their way through the native routes to a real S3, in parts.
import { randomBytes } from 'node:crypto'
import { DeleteObjectCommand, ListMultipartUploadsCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import type { SignedPart } from '@partway/koa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { multipart, openApp, partOf, sendAll, sendPart } from '../native-client.js'
import { listContents, readObject, sha256 } from '../s3-contents.js'

const MIB = 1024 ** 2
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

const bytes = randomBytes(12 * MIB)
const file = { name: 'film.mp4', type: 'video/mp4', size: bytes.length, metadata: { take: '7' } }

test('all parts arrive; completing twice gives the same answer twice', async () => {
  const { bucket, host, create, complete } = await openApp(s3)
  const grant = multipart((await create(file))[0])
  expect(grant).toMatchObject({ partSize: 5 * MIB, partCount: 3 })
  expect(grant.parts.map(({ partNumber, expiresIn }) => [partNumber, expiresIn])).toEqual([
    [1, 3600],
    [2, 3600],
    [3, 3600],
  ])
  await sendAll(bytes, grant)
  const [first] = await complete(grant.ticket)
  const [second] = await complete(grant.ticket)
  expect(first).toMatchObject({ key: grant.key, size: bytes.length, etag: expect.stringMatching(/-3/) })
  expect(second).toEqual(first)
  const object = await readObject(s3.client, bucket, grant.key)
  expect(object).toMatchObject({ sha256: sha256(bytes), type: 'video/mp4' })
  expect(object.metadata).toMatchObject({ take: '7', 'partway-id': grant.key.split('/')[1] })
  await host.close()
})

test('completing twice at the same time succeeds in the end', async () => {
  const { host, create, complete } = await openApp(s3)
  const grant = multipart((await create(file))[0])
  await sendAll(bytes, grant)
  const both = await complete(grant.ticket, grant.ticket)
  for (const outcome of both) if (outcome.error) expect(outcome.code).toBe('s3_busy')
  expect(await complete(grant.ticket)).toMatchObject([{ size: bytes.length }])
  await host.close()
})

test('an interrupted upload says what is missing and goes on from there', async () => {
  const { bucket, host, create, parts, sign, complete } = await openApp(s3)
  const grant = multipart((await create(file))[0])
  await sendPart(grant.parts[1] as SignedPart, partOf(bytes, grant, 2))
  const [refused] = await complete(grant.ticket)
  expect(refused).toMatchObject({
    code: 'parts_missing',
    status: 409,
    error: expect.stringContaining('part 1, 3.'),
  })
  const held = await parts(grant.ticket)
  expect(held.parts).toMatchObject([{ partNumber: 2, size: 5 * MIB, etag: expect.stringMatching(/\w/) }])
  const signed = await sign(grant.ticket, 3, 1)
  expect(signed.parts.map(({ partNumber }) => partNumber)).toEqual([3, 1])
  for (const part of signed.parts) await sendPart(part, partOf(bytes, grant, part.partNumber))
  expect(await complete(grant.ticket)).toMatchObject([{ size: bytes.length }])
  expect((await readObject(s3.client, bucket, grant.key)).sha256).toBe(sha256(bytes))
  expect(await parts(grant.ticket)).toMatchObject({ code: 'upload_gone', status: 410 })
  await host.close()
})

test('who goes on gets the parts that are missing signed at once', async () => {
  const { bucket, host, create, parts, complete } = await openApp(s3)
  const grant = multipart((await create(file))[0])
  await sendPart(grant.parts[1] as SignedPart, partOf(bytes, grant, 2))
  const { Uploads = [] } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
  const upload = { Bucket: bucket, Key: grant.key, UploadId: Uploads[0]?.UploadId }
  // Not as it was planned, so it is missing, too.
  await s3.client.send(new UploadPartCommand({ ...upload, PartNumber: 3, Body: 'short' }))
  expect(await parts(grant.ticket)).not.toHaveProperty('signed')
  const { parts: held, signed = [] } = await parts(grant.ticket, { sign: true })
  expect(held.map(({ partNumber }) => partNumber)).toEqual([2, 3])
  expect(signed.map(({ partNumber, expiresIn }) => [partNumber, expiresIn])).toEqual([
    [1, 3600],
    [3, 3600],
  ])
  expect(await sendPart(signed[0] as SignedPart, bytes.subarray(1, 5 * MIB))).toBe(403)
  for (const part of signed) expect(await sendPart(part, partOf(bytes, grant, part.partNumber))).toBe(200)
  expect((await parts(grant.ticket, { sign: true })).signed).toEqual([])
  expect(await complete(grant.ticket)).toMatchObject([{ size: bytes.length }])
  expect((await readObject(s3.client, bucket, grant.key)).sha256).toBe(sha256(bytes))
  await host.close()
})

test('a part is taken at exactly its planned size', async () => {
  const { host, create, parts } = await openApp(s3)
  const grant = multipart((await create(file))[0])
  const [first, , last] = grant.parts as [SignedPart, SignedPart, SignedPart]
  expect(await sendPart(first, bytes.subarray(0, 5 * MIB + 1))).toBe(403)
  expect(await sendPart(first, bytes.subarray(0, 5 * MIB - 1))).toBe(403)
  expect(await sendPart(last, bytes.subarray(0, 2 * MIB + 1))).toBe(403)
  expect(await sendPart(last, bytes.subarray(10 * MIB))).toBe(200)
  expect((await parts(grant.ticket)).parts).toMatchObject([{ partNumber: 3, size: 2 * MIB }])
  await host.close()
})

test('over 1,000 parts are listed, to the last page', async () => {
  const { bucket, host, create, parts } = await openApp(s3)
  const grant = multipart((await create({ ...file, size: 1100 * 5 * MIB }))[0])
  expect(grant.parts).toHaveLength(12)
  // Small parts by way of the bucket's owner: what counts here is their number.
  const { Uploads = [] } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
  const upload = { Bucket: bucket, Key: grant.key, UploadId: Uploads[0]?.UploadId, Body: randomBytes(10) }
  const numbers = Array.from({ length: 1100 }, (_, index) => index + 1)
  const waiting = numbers.values()
  const sendNext = async () => {
    for (const PartNumber of waiting) await s3.client.send(new UploadPartCommand({ ...upload, PartNumber }))
  }
  await Promise.all(Array.from({ length: 40 }, sendNext))
  const { parts: held, signed } = await parts(grant.ticket, { sign: true })
  expect(held.map(({ partNumber }) => partNumber)).toEqual(numbers)
  expect(signed?.map(({ partNumber }) => partNumber)).toEqual(numbers.slice(0, 12))
  await host.close()
})

test('an abort leaves nothing, can be repeated, and ends the upload', async () => {
  const { bucket, host, create, abort, complete, parts } = await openApp(s3)
  const grant = multipart((await create(file))[0])
  await sendPart(grant.parts[0] as SignedPart, partOf(bytes, grant, 1))
  expect(await abort(grant.ticket)).toEqual([null])
  expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
  expect(await abort(grant.ticket)).toEqual([null])
  expect(await complete(grant.ticket)).toMatchObject([{ code: 'upload_gone', status: 410 }])
  expect(await parts(grant.ticket)).toMatchObject({ code: 'upload_gone' })
  await host.close()
})

test('an abort after completion keeps the object', async () => {
  const { bucket, host, create, complete, abort } = await openApp(s3)
  const grant = multipart((await create(file))[0])
  await sendAll(bytes, grant)
  await complete(grant.ticket)
  expect(await abort(grant.ticket)).toEqual([null])
  expect((await readObject(s3.client, bucket, grant.key)).sha256).toBe(sha256(bytes))
  await host.close()
})

test('a deleted object is gone, not complete', async () => {
  const { bucket, host, create, complete } = await openApp(s3)
  const grant = multipart((await create(file))[0])
  await sendAll(bytes, grant)
  await complete(grant.ticket)
  await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: grant.key }))
  expect(await complete(grant.ticket)).toMatchObject([{ code: 'upload_gone' }])
  await host.close()
})

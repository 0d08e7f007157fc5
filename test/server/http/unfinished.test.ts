// The list of an owner's unfinished uploads: exactly theirs, exactly as they were begun, and good to go on with.
import { randomBytes } from 'node:crypto'
import { AbortMultipartUploadCommand, DeleteBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { FileRequest, PartwayOptions, UnfinishedUpload } from '@partway/koa'
import { partway } from '@partway/koa'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { journalKeys, unfinishedUploads } from '../../support/bucket-contents.js'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { changeJournal } from '../change-journal.js'
import { client, multipart, openApp, partOf, sendAll, sendPart } from '../native-client.js'
import { readObject, sha256 } from '../s3-contents.js'
import { post, serve, serveApp, testOptions } from '../serve.js'

const MIB = 1024 ** 2
const bytes = randomBytes(12 * MIB)
const film: FileRequest = {
  name: 'Übung "1"\u2028 ../a/b\\c.mp4 ',
  type: 'video/MP4; codecs="a"',
  size: bytes.length,
  metadata: { album: 'Bär \u{1f43b}', Title: '=?UTF-8?Q?x?=', empty: '' },
  idempotencyKey: '0123456789abcdef',
}
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

const names = (uploads: UnfinishedUpload[]) => uploads.map(({ name }) => name).toSorted()
const numbered = (count: number): FileRequest[] =>
  Array.from({ length: count }, (_, index) => ({ name: `${index}.bin`, type: '', size: 6 * MIB }))

describe('an upload', () => {
  test('is told exactly as its page described it, with what S3 has, and goes on with its ticket', async () => {
    const { bucket, host, create, unfinished } = await openApp(s3)
    const grant = multipart((await create(film))[0])
    const [first, ...rest] = grant.parts
    if (first) await sendPart(first, partOf(bytes, grant, 1))
    const { uploads, after } = await unfinished()
    const { name, type, size, metadata, idempotencyKey } = film
    const { key, owner, partSize, partCount, checksum } = grant
    expect(uploads).toEqual([
      {
        ...{ name, type, size, metadata, idempotencyKey, key, owner, partSize, partCount, checksum },
        id: expect.stringMatching(/^m-/),
        ticket: expect.any(String),
        ticketExpiresIn: expect.any(Number),
        bytesUploaded: partSize,
        createdAt: expect.any(Number),
        startedHere: true,
      },
    ])
    expect(after).toBeUndefined()
    const [{ ticket, ticketExpiresIn, createdAt } = { ticket: '', ticketExpiresIn: 0, createdAt: 0 }] =
      uploads
    expect(Math.abs(Date.now() / 1000 - createdAt)).toBeLessThan(60)
    expect(Math.abs(604_800 - ticketExpiresIn)).toBeLessThan(60)

    const elsewhere = client(host, 'ada', 'another browser of ada')
    expect(await elsewhere.unfinished()).toMatchObject({ uploads: [{ startedHere: false }] })
    expect((await elsewhere.parts(ticket)).parts).toHaveLength(1)
    await sendAll(bytes, { ...grant, parts: rest })
    expect(await elsewhere.complete(ticket)).toMatchObject([{ key }])
    expect((await readObject(s3.client, bucket, key)).sha256).toBe(sha256(bytes))
    await host.close()
  })

  test('whose page gave no metadata, browser or idempotency key can be gone on with all the same', async () => {
    const { host, create, unfinished } = await openApp(s3)
    const file = { name: 'a', type: '', size: 6 * MIB }
    await post(`${host.origin}/uploads/create`, { files: [file] })
    const { uploads } = await unfinished()
    expect(uploads).toMatchObject([{ ...file, metadata: {}, startedHere: false }])
    const [{ key, idempotencyKey } = { key: '', idempotencyKey: '' }] = uploads
    expect(await create({ ...file, idempotencyKey: idempotencyKey ?? '' })).toMatchObject([{ key }])
    await host.close()
  })

  test('is found whatever key the host makes', async () => {
    const { host, create, unfinished } = await openApp(s3, {
      key: (_ctx, { id }) => `by-day/2026/${id}`,
      authorize: (_ctx, { name, id }) =>
        name !== 'chosen.bin' || { key: `chosen/${id}`, metadata: { a: 'b' } },
    })
    await create({ ...film, name: 'made.bin' }, { ...film, name: 'chosen.bin' })
    const { uploads } = await unfinished()
    expect(uploads.map(({ name, key }) => [name, key.split('/')[0]]).toSorted()).toEqual([
      ['chosen.bin', 'chosen'],
      ['made.bin', 'by-day'],
    ])
    expect(uploads).toMatchObject([{ metadata: film.metadata }, { metadata: film.metadata }])
    await host.close()
  })

  test('is told while it can be gone on with: not when it is complete, aborted, gone or expired', async () => {
    const { bucket, host, create, complete, abort, unfinished } = await openApp(s3)
    const [done, cancelled, , , left] = (await create(...numbered(5))).map(multipart)
    if (!done || !cancelled || !left) throw new Error('five grants were expected')
    await sendAll(bytes.subarray(0, 6 * MIB), done)
    await complete(done.ticket)
    await abort(cancelled.ticket)
    await changeJournal(s3.client, bucket, (name, { issuedAt }) => {
      if (name === '2.bin') return { issuedAt: issuedAt - 604_800 }
      return name === '3.bin' ? { uploadId: 'gone' } : {}
    })
    expect(await unfinished()).toMatchObject({ uploads: [{ key: left.key }] })
    await host.close()
  })

  test('whose entry cannot be read is not in the list, and the others are', async () => {
    const { bucket, host, create, unfinished } = await openApp(s3)
    const other = await serveApp(
      testOptions(s3, bucket, { secrets: ['another secret, which is long enough, too'] }),
    )
    await client(other).create(film)
    await create({ ...film, name: 'ours.mp4' })
    expect(names((await unfinished()).uploads)).toEqual(['ours.mp4'])
    await other.close()
    await host.close()
  })

  test('whose bucket is gone is not in the list, and the others are', async () => {
    const gone = await createBucket(s3.client)
    const { bucket, host } = await openApp(s3)
    const authorize: PartwayOptions['authorize'] = (_, { name }) => name !== 'gone' || { bucket: gone }
    const app = await serveApp(testOptions(s3, bucket, { bucket: [bucket, gone], authorize }))
    const { create, unfinished } = client(app)
    await create({ ...film, name: 'gone' }, film)
    for (const { Key, UploadId } of await unfinishedUploads(s3.client, gone)) {
      await s3.client.send(new AbortMultipartUploadCommand({ Bucket: gone, Key, UploadId }))
    }
    await s3.client.send(new DeleteBucketCommand({ Bucket: gone }))
    expect(names((await unfinished()).uploads)).toEqual([film.name])
    await Promise.all([app.close(), host.close()])
  })

  test('is told without metadata where they are over 4 KiB', async () => {
    const { host, create, unfinished } = await openApp(s3, { authorize: () => ({ metadata: {} }) })
    await create({ ...film, metadata: { a: 'a'.repeat(2048), b: 'b'.repeat(2048) } })
    expect((await unfinished()).uploads.map(({ metadata }) => metadata)).toEqual([{}])
    await host.close()
  })

  test('in one request, and one of a Companion client, is not: no page could go on with it', async () => {
    const { host, create, unfinished } = await openApp(s3)
    await create({ ...film, size: 3 })
    await post(`${host.origin}/uploads/s3/multipart`, { filename: 'a' })
    expect(await unfinished()).toEqual({ uploads: [] })
    await host.close()
  })
})

describe('nobody else sees it:', () => {
  test('another owner', async () => {
    const { host, create, unfinished } = await openApp(s3)
    await create(film)
    expect((await unfinished()).uploads).toHaveLength(1)
    for (const user of ['eve', 'Ada', 'ada/', 'anonymous']) {
      expect(await client(host, user).unfinished()).toEqual({ uploads: [] })
    }
    expect(await client(host, '').unfinished()).toMatchObject({ code: 'not_signed_in' })
    await host.close()
  })

  test('another owner, who asks for it by its id or key', async () => {
    const { host, create, unfinished } = await openApp(s3)
    await create(film)
    const [{ id, idempotencyKey = '' } = { id: '' }] = (await unfinished()).uploads
    const eve = client(host, 'eve')
    expect(await eve.unfinished({ id })).toEqual({ uploads: [] })
    expect(await eve.unfinished({ idempotencyKey })).toEqual({ uploads: [] })
    await host.close()
  })

  test('another mount, or other parameters in its path', async () => {
    const bucket = await createBucket(s3.client)
    const app = new Koa()
    const options = testOptions(s3, bucket, { finishEverySeconds: 0 })
    app.use(partway({ ...options, path: '/:tenant/uploads' }))
    app.use(partway({ ...options, path: '/uploads', name: 'another' }))
    const { origin, close } = await serve(app.callback())
    const at = (tenant: string) => client({ origin: `${origin}${tenant}` })
    await at('/a').create(film)
    expect((await at('/a').unfinished()).uploads).toHaveLength(1)
    expect(await at('/b').unfinished()).toEqual({ uploads: [] })
    expect(await at('').unfinished()).toEqual({ uploads: [] })
    await close()
  })

  test('where uploads are public: another browser, and who tells none', async () => {
    const { host, create, unfinished } = await openApp(s3, { owner: 'anonymous' })
    await create(film)
    expect(await unfinished()).toMatchObject({ uploads: [{ name: film.name, startedHere: true }] })
    const other = client(host, '', 'the browser of somebody else')
    expect(await other.unfinished()).toEqual({ uploads: [] })
    const ask = async () => (await post(`${host.origin}/uploads/unfinished`, {})).body
    expect(await ask()).toEqual({ uploads: [] })
    const begin = () =>
      post<{ uploads: [{ key: string }] }>(`${host.origin}/uploads/create`, { files: [film] })
    const [one, another] = [await begin(), await begin()]
    expect(one.body.uploads[0].key).not.toBe(another.body.uploads[0].key)
    expect(await ask()).toEqual({ uploads: [] })
    expect((await unfinished()).uploads).toHaveLength(1)
    await host.close()
  })
})

describe('a part of the list', () => {
  test('by file and by id', async () => {
    const { host, create, unfinished } = await openApp(s3)
    const other = 'fedcba9876543210'
    await create(film, { ...film, metadata: { album: 'another' } }, { ...film, idempotencyKey: other })
    const all = (await unfinished()).uploads
    expect(all).toHaveLength(3)
    expect((await unfinished({ idempotencyKey: film.idempotencyKey ?? '' })).uploads).toHaveLength(2)
    expect((await unfinished({ idempotencyKey: other })).uploads).toHaveLength(1)
    expect(await unfinished({ idempotencyKey: 'of-no-file-at-all' })).toEqual({ uploads: [] })
    for (const { id, key } of all) expect((await unfinished({ id })).uploads).toMatchObject([{ id, key }])
    await host.close()
  })

  test('of a hundred at most, each once', async () => {
    const { bucket, host, create, unfinished } = await openApp(s3)
    const files = numbered(102)
    await create(...files.slice(0, 100))
    await create(...files.slice(100))
    // What the finisher is about to deliver has a claim beside it.
    const [entry = ''] = await journalKeys(s3.client, bucket)
    await s3.client.send(new PutObjectCommand({ Bucket: bucket, Key: `${entry}.claim0`, Body: 'deliver' }))
    const first = await unfinished()
    expect([first.uploads.length, first.after]).toEqual([100, first.uploads.at(-1)?.id])
    const second = await unfinished({ after: first.after ?? '' })
    expect([second.uploads.length, second.after]).toEqual([2, undefined])
    expect(names([...first.uploads, ...second.uploads])).toEqual(files.map(({ name }) => name).toSorted())
    await host.close()
  })
})

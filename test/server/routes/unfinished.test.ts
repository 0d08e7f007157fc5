// An owner's unfinished uploads, from a real S3: found without whoever began them, and gone on with or given up.
import { randomBytes } from 'node:crypto'
import {
  type CreateReply,
  type ErrorBody,
  type Grant,
  type PartwayOptions,
  partway,
  type SignedPart,
  type UnfinishedReply,
  type UnfinishedUpload,
} from '@partway/koa'
import Koa from 'koa'
import mount from 'koa-mount'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, multipart, openApp, partOf, sendPart } from '../native-client.js'
import { listContents, readObject, sha256 } from '../s3-contents.js'
import { call, type HostApp, post, serve, serveApp, testOptions } from '../serve.js'

const MIB = 1024 ** 2
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

const open = (more: Partial<PartwayOptions> = {}) => openApp(s3, { unfinished: true, ...more })

async function list({ origin }: HostApp, user = 'ada'): Promise<UnfinishedUpload[]> {
  const headers = { 'x-user': encodeURIComponent(user) }
  const { status, body } = await call<UnfinishedReply>(`${origin}/uploads/unfinished`, { headers })
  expect(status).toBe(200)
  return body.uploads
}

const bytes = randomBytes(12 * MIB)
const film = { name: 'Übergröße 1.mp4', type: 'video/mp4', size: bytes.length, metadata: { take: '7' } }

test('it can be gone on with, without the ticket that it was begun with', async () => {
  const { bucket, host, create, parts, sign, complete } = await open()
  const grant = multipart((await create(film))[0])
  await sendPart(grant.parts[1] as SignedPart, partOf(bytes, grant, 2))
  await sendPart(grant.parts[2] as SignedPart, partOf(bytes, grant, 3))
  const [found, ...others] = await list(host)
  if (!found) throw new Error('nothing was found')
  const { ticket } = found
  expect(others).toEqual([])
  expect(found).toEqual({
    ticket: expect.any(String),
    key: grant.key,
    name: 'Übergröße-1.mp4',
    size: bytes.length,
    partSize: 5 * MIB,
    partCount: 3,
    checksum: 'md5',
    bytesUploaded: 7 * MIB,
    createdAt: expect.any(Number),
    ticketExpiresIn: expect.any(Number),
  })
  expect(Math.abs(found.createdAt - Date.now() / 1000)).toBeLessThan(300)
  expect(Math.abs(found.ticketExpiresIn - 604_800)).toBeLessThan(300)
  expect((await parts(ticket)).parts.map(({ partNumber }) => partNumber)).toEqual([2, 3])
  const [first] = (await sign(ticket, 1)).parts as [SignedPart]
  expect(await sendPart(first, partOf(bytes, grant, 1))).toBe(200)
  expect(await complete(ticket)).toMatchObject([{ key: grant.key, size: bytes.length }])
  const object = await readObject(s3.client, bucket, grant.key)
  expect(object).toMatchObject({ sha256: sha256(bytes), type: 'video/mp4', metadata: { take: '7' } })
  expect(await list(host)).toEqual([])
  // As with the ticket that it was begun with, completing again is no error.
  expect(await complete(grant.ticket)).toMatchObject([{ key: grant.key }])
  await host.close()
})

test('it can be given up, and then S3 holds nothing of it', async () => {
  const { bucket, host, create, abort } = await open()
  const grant = multipart((await create(film))[0])
  await sendPart(grant.parts[0] as SignedPart, partOf(bytes, grant, 1))
  const [found] = await list(host)
  expect(await abort(found?.ticket ?? '')).toEqual([null])
  expect(await list(host)).toEqual([])
  expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
  await host.close()
})

test('a part size that was changed meanwhile does not change how the file is cut', async () => {
  const { bucket, host, create } = await open()
  const grant = multipart((await create(film))[0])
  await sendPart(grant.parts[0] as SignedPart, partOf(bytes, grant, 1))
  const changed = await serveApp(testOptions(s3, bucket, { unfinished: true, partSize: 6 * MIB }))
  const [found] = await list(changed)
  expect(found).toMatchObject({ partSize: 5 * MIB, partCount: 3, bytesUploaded: 5 * MIB })
  const { sign, complete } = client(changed)
  const missing = (await sign(found?.ticket ?? '', 2, 3)).parts
  for (const part of missing) {
    expect(await sendPart(part, partOf(bytes, grant, part.partNumber))).toBe(200)
  }
  expect(await complete(found?.ticket ?? '')).toMatchObject([{ size: bytes.length }])
  expect((await readObject(s3.client, bucket, grant.key)).sha256).toBe(sha256(bytes))
  await host.close()
  await changed.close()
})

test('one of which S3 holds nothing yet is cut as the server cuts now', async () => {
  const { bucket, host, create } = await open()
  await create(film)
  const changed = await serveApp(testOptions(s3, bucket, { unfinished: true, partSize: 6 * MIB }))
  expect(await list(changed)).toMatchObject([{ partSize: 6 * MIB, partCount: 2, bytesUploaded: 0 }])
  await host.close()
  await changed.close()
})

describe('whose it is', () => {
  // Prefixes of each other, what is escaped in keys and what the escapes look like.
  const owners = ['a', 'a/', 'a/b', 'ad', 'ada', 'ada!', 'ada!2f', 'ada/', 'adam', 'Ada', 'ä', '.', '..', '%']

  test('nobody is told of an upload of anybody else, whatever their names', async () => {
    const decoded: Partial<PartwayOptions> = {
      owner: (ctx) => decodeURIComponent(ctx.get('x-user')) || undefined,
      keyPrefix: 'in/',
    }
    const { host } = await open(decoded)
    for (const owner of owners) {
      await client(host, encodeURIComponent(owner)).create({ ...film, name: `of-${owners.indexOf(owner)}` })
    }
    for (const owner of owners) {
      const found = await list(host, owner)
      expect([owner, found.map(({ name }) => name)]).toEqual([owner, [`of-${owners.indexOf(owner)}`]])
    }
    expect(await list(host, 'nobody')).toEqual([])
    const [ofAda] = await list(host, 'ada')
    const [outcome] = await client(host, 'adam').abort(ofAda?.ticket ?? '')
    expect(outcome).toMatchObject({ code: 'ticket_not_yours' })
    await host.close()
  })

  test('what was begun at another mount is neither told nor granted again', async () => {
    const { bucket, host, create } = await open()
    const app = new Koa()
    app.use(mount('/raw', partway(testOptions(s3, bucket, { unfinished: true }))))
    app.use(partway(testOptions(s3, bucket, { unfinished: true, name: 'raw', path: '/:tenant' })))
    const { origin, close } = await serve(app.callback())
    const file = { ...film, nonce: '0123456789abcdef' }
    const keys = new Set([multipart((await create(file))[0]).key])
    for (const path of ['/raw/uploads', '/a', '/b']) {
      const { body } = await call<UnfinishedReply>(`${origin}${path}/unfinished`)
      expect(body).toEqual({ uploads: [] })
      const created = await post<CreateReply>(`${origin}${path}/create`, { files: [file] })
      const grant = multipart((created.body.uploads as [Grant])[0])
      expect(grant.isBegun).toBeUndefined()
      keys.add(grant.key)
      const found = await call<UnfinishedReply>(`${origin}${path}/unfinished`)
      expect(found.body.uploads).toMatchObject([{ key: grant.key }])
    }
    expect(keys.size).toBe(4)
    expect(await list(host)).toHaveLength(1)
    await close()
    await host.close()
  })

  test('whoever is not signed in is told nothing', async () => {
    const { host, create } = await open()
    await create(film)
    const { status, body } = await call<ErrorBody>(`${host.origin}/uploads/unfinished`, { headers: {} })
    expect([status, body.code]).toEqual([401, 'not_signed_in'])
    await host.close()
  })

  test('a key of `authorize` is not told; one that would be told to somebody else is refused', async () => {
    let placeOfEve: string[] = []
    const { host, create } = await open({
      authorize: (_ctx, { id, name }, owner) => {
        if (name !== 'eve') return { key: `projects/7/${id}` }
        return owner === 'eve' || { key: [...placeOfEve, id, 'film'].join('/') }
      },
    })
    expect(await create(film)).toMatchObject([{ kind: 'multipart' }])
    expect(await list(host)).toEqual([])
    const [ofEve] = await client(host, 'eve').create({ ...film, name: 'eve' })
    placeOfEve = (ofEve?.key ?? '').split('/').slice(0, -2)
    expect(await create({ ...film, name: 'eve' })).toMatchObject([{ code: 'internal_error' }])
    expect(host.errors).toMatchObject([
      { message: expect.stringContaining("another owner's or mount's default keys") },
    ])
    expect(await list(host, 'eve')).toMatchObject([{ key: ofEve?.key }])
    await host.close()
  })
})

test('uploads of Companion clients and files that go in one request are not told', async () => {
  const { host, create } = await open()
  await create({ name: 'small', type: '', size: 1 })
  await post(`${host.origin}/uploads/s3/multipart`, { filename: 'film.mp4', type: 'video/mp4' })
  expect(await list(host)).toEqual([])
  await host.close()
})

test('of all buckets', async () => {
  const other = await open()
  const { bucket, host } = await open()
  const both = await serveApp(
    testOptions(s3, bucket, {
      bucket: [bucket, other.bucket],
      unfinished: true,
      authorize: (_ctx, { name }) => ({ bucket: name === 'a' ? bucket : other.bucket }),
    }),
  )
  const { create, abort } = client(both)
  const big = { type: '', size: 20 * MIB }
  await create({ ...big, name: 'a' }, { ...big, name: 'b' })
  const found = await list(both)
  expect(found.map(({ name }) => name).sort()).toEqual(['a', 'b'])
  expect(await list(host)).toMatchObject([{ name: 'a' }])
  expect(await abort(...found.map(({ ticket }) => ticket))).toEqual([null, null])
  for (const app of [other.host, host, both]) await app.close()
})

describe('the option', () => {
  test('is off by default: there is no such route, and the page knows', async () => {
    const { host } = await openApp(s3)
    expect((await call(`${host.origin}/uploads/unfinished`)).status).toBe(404)
    expect((await call(`${host.origin}/uploads/config`)).body).toMatchObject({ unfinished: false })
    await host.close()
  })

  test('is told when it is on', async () => {
    const { host } = await open()
    expect((await call(`${host.origin}/uploads/config`)).body).toMatchObject({ unfinished: true })
    await host.close()
  })
})

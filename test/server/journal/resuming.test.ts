// Creating is resuming: a create whose reply was lost, that arrives twice, or whose page was left: one upload is left of it.
import { createHash, randomBytes } from 'node:crypto'
import { AbortMultipartUploadCommand, DeleteObjectCommand } from '@aws-sdk/client-s3'
import { PartwayError } from '@partway/koa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { journalKeys, objectKeys, unfinishedUploads } from '../../support/bucket-contents.js'
import { sha256OfObject } from '../../support/files.js'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, multipart, openApp, partOf, sendAll, sendForm, sendPart } from '../native-client.js'

const MIB = 1024 ** 2
const file = { name: 'film.mp4', type: 'video/mp4', size: 12 * MIB, idempotencyKey: '0123456789abcdef' }
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

const open = async (more: object = {}) => {
  const seen: string[] = []
  const onCreate = ({ id }: { id: string }) => void seen.push(`created ${id}`)
  const onAbort = ({ id, reason }: { id: string; reason: string }) => void seen.push(`${reason} ${id}`)
  const app = await openApp(s3, { onCreate, onAbort, ...more })
  const keys = async () => (await unfinishedUploads(s3.client, app.bucket)).map(({ Key }) => Key)
  const entries = () => journalKeys(s3.client, app.bucket)
  return { ...app, seen, keys, entries }
}
const idOf = ({ key }: { key: string }) => key.split('/').at(-2)
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test('asked again, the same upload is granted again, and the host hears of one', async () => {
  const { host, create, keys, seen, entries } = await open()
  const lost = multipart((await create(file))[0])
  const heard = multipart((await create(file))[0])
  const plan = { partSize: 5 * MIB, partCount: 3, checksum: 'md5', stored: [] }
  expect(heard).toMatchObject({ key: lost.key, ...plan })
  expect(heard.parts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3])
  expect(await keys()).toEqual([lost.key])
  expect(seen).toEqual([`created ${idOf(lost)}`])
  expect(await entries()).toHaveLength(1)
  await host.close()
})

test('what S3 has of it is told, the rest is signed, and once it is complete nothing is remembered', async () => {
  const { host, create, complete, bucket, entries } = await open()
  const bytes = randomBytes(file.size)
  const first = multipart((await create(file))[0])
  const [part] = first.parts
  if (part) await sendPart(part, partOf(bytes, first, 1))
  const again = multipart((await create(file))[0])
  const md5 = createHash('md5')
    .update(partOf(bytes, first, 1))
    .digest('base64')
  expect(again.stored).toMatchObject([{ partNumber: 1, size: 5 * MIB, checksums: { md5 } }])
  expect(again.parts.map(({ partNumber }) => partNumber)).toEqual([2, 3])
  await sendAll(bytes, again)
  expect(await complete(again.ticket)).toMatchObject([{ key: first.key, size: file.size }])
  expect(await sha256OfObject(s3.client, bucket, first.key)).toBe(sha256(bytes))
  expect(await entries()).toEqual([])
  // The file again, which is another upload.
  expect(multipart((await create(file))[0]).key).not.toBe(first.key)
  await host.close()
})

test('of eight that arrive together one is left, all are told of it, and the host of the others’ end', async () => {
  const { host, create, keys, seen, entries } = await open()
  const grants = (await Promise.all(Array.from({ length: 8 }, () => create(file)))).flat().map(multipart)
  const [key, ...more] = await keys()
  expect(more).toEqual([])
  expect(grants.map((grant) => grant.key)).toEqual(Array(8).fill(key))
  expect(await entries()).toHaveLength(1)
  const created = seen.filter((each) => each.startsWith('created')).map((each) => each.split(' ')[1])
  const withdrawn = seen.filter((each) => each.startsWith('withdrawn')).map((each) => each.split(' ')[1])
  expect(created.filter((id) => !withdrawn.includes(id))).toEqual([idOf({ key: key ?? '' })])
  await host.close()
})

test.each([
  ['name', { name: 'other.mp4' }],
  ['type', { type: 'video/webm' }],
  ['size', { size: 13 * MIB }],
  ['metadata', { metadata: { title: 'Another' } }],
  ['key of the page', { idempotencyKey: 'fedcba9876543210' }],
])('another %s is another upload', async (_, change) => {
  const { host, create, keys } = await open()
  const grants = [...(await create(file)), ...(await create({ ...file, ...change }))]
  expect(new Set(grants.map(({ key }) => key)).size).toBe(2)
  expect(await keys()).toHaveLength(2)
  await host.close()
})

test('so is another project that the host decides on', async () => {
  let project = 'one'
  const { host, create } = await open({ authorize: () => ({ metadata: { project } }) })
  const [first] = await create(file)
  project = 'two'
  const [second] = await create(file)
  project = 'one'
  const [third] = await create(file)
  expect(second?.key).not.toBe(first?.key)
  expect(third?.key).toBe(first?.key)
  await host.close()
})

test('and that of another person, or at another mount', async () => {
  const { host, create } = await open()
  const bob = client(host, 'bob')
  const [ofAda] = await create(file)
  const [ofBob] = await bob.create(file)
  expect(ofBob?.key).not.toBe(ofAda?.key)
  expect(ofBob?.owner).not.toBe(ofAda?.owner)
  await host.close()
})

test('a file belongs to who began it', async () => {
  const { host, create } = await open()
  const [ofAda] = await create(file)
  const bob = client(host, 'bob')
  const refused = await bob.create({ ...file, owner: ofAda?.owner ?? '' })
  expect(refused).toMatchObject([{ code: 'signed_in_as_other', status: 403 }])
  expect(await create({ ...file, owner: ofAda?.owner ?? '' })).toMatchObject([{ key: ofAda?.key }])
  await host.close()
})

test('what was aborted on S3, or completed and moved away, makes room for a new one', async () => {
  const { host, create, complete, bucket, keys } = await open()
  const first = multipart((await create(file))[0])
  const [upload] = await unfinishedUploads(s3.client, bucket)
  const address = { Bucket: bucket, Key: first.key }
  await s3.client.send(new AbortMultipartUploadCommand({ ...address, UploadId: upload?.UploadId }))
  const second = multipart((await create(file))[0])
  expect(second.key).not.toBe(first.key)
  expect(await keys()).toEqual([second.key])
  const bytes = randomBytes(file.size)
  await sendAll(bytes, second)
  await complete(second.ticket)
  await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: second.key }))
  expect(multipart((await create(file))[0]).stored).toEqual([])
  await host.close()
})

test('a late end of the upload before does not make the journal forget the next one', async () => {
  const { host, create, abort, entries } = await open()
  const first = multipart((await create(file))[0])
  await abort(first.ticket)
  const second = multipart((await create(file))[0])
  await abort(first.ticket)
  expect(await entries()).toHaveLength(1)
  expect(multipart((await create(file))[0]).key).toBe(second.key)
  await host.close()
})

test('an upload that is complete, and of which the host has not heard, is completed by who adds the file again', async () => {
  const seen: string[] = []
  let isDown = true
  const onComplete = ({ id, by }: { id: string; by: string }) => {
    if (isDown) throw new Error('the database is down')
    seen.push(`${by} ${id}`)
  }
  const { host, create, complete, entries } = await open({ onComplete })
  const bytes = randomBytes(file.size)
  const first = multipart((await create(file))[0])
  await sendAll(bytes, first)
  expect(await complete(first.ticket)).toMatchObject([{ code: 'hook_failed' }])
  isDown = false
  const again = multipart((await create(file))[0])
  expect(again).toMatchObject({ key: first.key, isComplete: true, stored: [], parts: [] })
  expect(await complete(again.ticket)).toMatchObject([{ key: first.key }])
  expect(seen).toEqual([`page ${idOf(first)}`])
  expect(await entries()).toEqual([])
  await host.close()
})

test('only what the page’s own file is made of is completed', async () => {
  const { host, create, bucket } = await open()
  const bytes = randomBytes(file.size)
  const grant = multipart((await create(file))[0])
  await sendAll(bytes, grant)
  const md5Of = (all: Uint8Array) => {
    const md5s = [1, 2, 3].map((number) =>
      createHash('md5')
        .update(partOf(all, grant, number))
        .digest(),
    )
    return createHash('md5').update(Buffer.concat(md5s)).digest('base64')
  }
  const complete = client(host).completeWith
  const other = md5Of(randomBytes(file.size))
  expect(await complete(grant.ticket, other)).toMatchObject([{ code: 'part_mismatch', status: 409 }])
  expect(await objectKeys(s3.client, bucket)).toEqual([])
  expect(await complete(grant.ticket, md5Of(bytes))).toMatchObject([{ key: grant.key }])
  expect(await complete(grant.ticket, other)).toMatchObject([{ code: 'object_mismatch', status: 409 }])
  expect(await complete(grant.ticket, md5Of(bytes))).toMatchObject([{ key: grant.key }])
  expect(await complete(grant.ticket, 'no checksum')).toMatchObject([{ code: 'invalid_request' }])
  await host.close()
})

test('small files of a call whose reply was lost are the same ones, and count once', async () => {
  const { host, create, complete, bucket, seen, entries } = await open({ quota: { files: 2 } })
  const small = ['a', 'b'].map((name) => ({
    ...{ name, type: 'text/plain', size: 3 },
    idempotencyKey: `of the small file ${name}`.replaceAll(' ', '-'),
  }))
  const lost = await create(...small)
  const heard = await create(...small)
  expect(heard.map(({ key }) => key)).toEqual(lost.map(({ key }) => key))
  expect(seen).toHaveLength(2)
  for (const grant of heard) expect(await sendForm(grant, Buffer.from('abc'))).toBe(204)
  expect(await complete(...heard.map(({ ticket }) => ticket))).toMatchObject([{ size: 3 }, { size: 3 }])
  expect(await objectKeys(s3.client, bucket)).toHaveLength(2)
  expect(await entries()).toEqual([])
  expect(await create(...small)).toMatchObject([{ code: 'quota_exceeded' }, { code: 'quota_exceeded' }])
  await host.close()
})

test('but what the host refuses the second time is refused, whatever an earlier try was granted', async () => {
  let isClosed = false
  const onCreate = () => {
    if (isClosed) throw new PartwayError('refused', 'The project is closed.')
  }
  const { host, create } = await open({ onCreate })
  const small = { name: 'a', type: '', size: 3, idempotencyKey: 'of-the-small-file' }
  expect(await create(small)).toMatchObject([{ kind: 'form' }])
  isClosed = true
  expect(await create(small)).toMatchObject([{ code: 'refused' }])
  await host.close()
})

test('and two such calls at the same moment grant the same ones', async () => {
  const { host, create, seen, entries } = await open()
  const small = [{ name: 'a', type: '', size: 3, idempotencyKey: 'of-the-small-file' }]
  const grants = (await Promise.all(Array.from({ length: 6 }, () => create(...small)))).flat()
  expect(new Set(grants.map(({ key }) => key)).size).toBe(1)
  expect(await entries()).toHaveLength(1)
  expect(seen.filter((each) => each.startsWith('withdrawn'))).toHaveLength(5)
  await host.close()
})

// A create whose reply was lost, that arrives twice, or whose page was left: one upload is left of it.
import { createHash, randomBytes } from 'node:crypto'
import { UploadPartCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unfinishedUploads } from '../../support/bucket-contents.js'
import { sha256OfObject } from '../../support/files.js'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, multipart, openApp, partOf, sendAll, sendPart } from '../native-client.js'

const MIB = 1024 ** 2
const file = { name: 'film.mp4', type: 'video/mp4', size: 12 * MIB, nonce: '0123456789abcdef' }
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
  const onAbort = ({ id }: { id: string }) => void seen.push(`aborted ${id}`)
  const app = await openApp(s3, { unfinished: true, onCreate, onAbort, ...more })
  const uploads = () => unfinishedUploads(s3.client, app.bucket)
  const keys = async () => (await uploads()).map(({ Key }) => Key)
  return { ...app, seen, uploads, keys }
}

test('asked again, the same upload is granted again, and the host hears of one', async () => {
  const { host, create, keys, seen } = await open()
  const lost = multipart((await create(file))[0])
  const heard = multipart((await create(file))[0])
  expect(lost.isBegun).toBeUndefined()
  const plan = { partSize: 5 * MIB, partCount: 3, checksum: 'md5' }
  expect(heard).toMatchObject({ key: lost.key, ...plan, isBegun: true, parts: [] })
  expect(await keys()).toEqual([lost.key])
  expect(seen).toEqual([`created ${lost.key.split('/').at(-2)}`])
  await host.close()
})

test('the parts that S3 has of it stay, and it can be completed', async () => {
  const { host, create, sign, parts, complete, bucket } = await open()
  const bytes = randomBytes(file.size)
  const first = multipart((await create(file))[0])
  const [part] = first.parts
  if (part) await sendPart(part, partOf(bytes, first, 1))
  const again = multipart((await create(file))[0])
  expect((await parts(again.ticket)).parts).toMatchObject([{ partNumber: 1, size: 5 * MIB }])
  for (const signed of (await sign(again.ticket, 2, 3)).parts) {
    await sendPart(signed, partOf(bytes, again, signed.partNumber))
  }
  expect(await complete(again.ticket)).toMatchObject([{ key: first.key, size: file.size }])
  expect(await sha256OfObject(s3.client, bucket, first.key)).toBe(
    createHash('sha256').update(bytes).digest('hex'),
  )
  await host.close()
})

test('of eight that arrive together one is left, and whoever is told of it can go on', async () => {
  const { host, create, keys, seen, parts } = await open()
  const grants = (await Promise.all(Array.from({ length: 8 }, () => create(file)))).flat().map(multipart)
  const [left, ...more] = await keys()
  expect(more).toEqual([])
  const told = grants.filter(({ key }) => key === left)
  expect(told.length).toBeGreaterThan(0)
  for (const { ticket } of told) expect((await parts(ticket)).parts).toEqual([])
  const gone = grants.filter(({ key }) => key !== left)
  for (const { ticket } of gone) expect(await parts(ticket)).toMatchObject({ code: 'upload_gone' })
  // Whoever was told of one that is gone asks again.
  expect(await create(file)).toMatchObject([{ key: left, isBegun: true }])
  const ids = (word: string) => new Set(seen.flatMap((event) => event.split(`${word} `)[1] ?? []))
  const aborted = ids('aborted')
  expect([...ids('created')].filter((id) => !aborted.has(id))).toEqual([left?.split('/').at(-2)])
  await host.close()
})

test('it takes up one place in the quota', async () => {
  const { host, create, abort } = await open({ quota: { unfinished: 1 } })
  await create(file)
  const [grant] = await create(file)
  expect(await create({ ...file, nonce: 'another-request-1' })).toMatchObject([
    { code: 'too_many_unfinished' },
  ])
  await abort(multipart(grant).ticket)
  expect(await create({ ...file, nonce: 'another-request-1' })).toMatchObject([{ kind: 'multipart' }])
  await host.close()
})

test('nothing else is granted again: other requests, other sizes, other people, pages without a nonce', async () => {
  const { host, create, keys } = await open()
  const grants = [
    ...(await create({ ...file, nonce: 'another-request-1' })),
    ...(await create({ ...file, size: 13 * MIB })),
    ...(await client(host, 'eve').create(file)),
    ...(await create({ name: file.name, type: file.type, size: file.size })),
    ...(await create(file)),
  ]
  expect((await keys()).sort()).toEqual(grants.map(({ key }) => key).sort())
  await host.close()
})

test('what was completed or aborted is not granted again', async () => {
  const { host, create, complete, abort } = await open()
  const bytes = randomBytes(file.size)
  const first = multipart((await create(file))[0])
  await sendAll(bytes, first)
  await complete(first.ticket)
  const second = multipart((await create(file))[0])
  expect(second.isBegun).toBeUndefined()
  await abort(second.ticket)
  expect(multipart((await create(file))[0]).isBegun).toBeUndefined()
  await host.close()
})

test('one whose file nobody can cut again is left alone, and another one is begun', async () => {
  const { host, create, bucket, keys } = await open()
  const { key, ticket } = multipart((await create(file))[0])
  // A part that fits no plan.
  const [{ UploadId } = {}] = await unfinishedUploads(s3.client, bucket)
  const part = { Bucket: bucket, Key: key, UploadId, PartNumber: 1, Body: new Uint8Array(17) }
  await s3.client.send(new UploadPartCommand(part))
  const other = multipart((await create(file))[0])
  expect(other.isBegun).toBeUndefined()
  expect((await keys()).sort()).toEqual([key, other.key].sort())
  expect(ticket).not.toBe(other.ticket)
  await host.close()
})

test('a page that goes away while an upload is granted again takes nothing with it', async () => {
  const { host, create, keys } = await open()
  const { key } = multipart((await create(file))[0])
  const gone = new AbortController()
  const body = JSON.stringify({ files: [file] })
  const headers = { 'content-type': 'application/json', 'x-user': 'ada' }
  const request = fetch(`${host.origin}/uploads/create`, {
    method: 'POST',
    body,
    headers,
    signal: gone.signal,
  })
  setImmediate(() => gone.abort())
  await request.catch(() => {})
  await host.close()
  expect(await keys()).toEqual([key])
})

test('without the option nothing is looked for', async () => {
  const { host, create, keys } = await open({ unfinished: false })
  await create(file)
  await create(file)
  expect(await keys()).toHaveLength(2)
  await host.close()
})

// Small files on their way through the native routes to a real S3, one request each.
import { randomBytes } from 'node:crypto'
import type { Grant } from '@partway/koa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { openApp, sendForm } from '../native-client.js'
import { listContents, readObject, sha256 } from '../s3-contents.js'

let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

test('a form POST arrives with its type, name and metadata', async () => {
  const { bucket, host, create, complete } = await openApp(s3)
  const bytes = randomBytes(10_000)
  const name = "Übergröße +%#'(1)' 🎈.tar.gz"
  const file = {
    name,
    type: 'image/png; charset="x y"',
    size: bytes.length,
    metadata: { Album: 'Bär', n: '1' },
  }
  const [grant] = await create(file)
  expect(await sendForm(grant as Grant, bytes)).toBe(204)
  const [done] = await complete((grant as Grant).ticket)
  const object = await readObject(s3.client, bucket, (grant as Grant).key)
  expect(object).toMatchObject({ sha256: sha256(bytes), type: file.type })
  // Ceph 18 does not keep the Content-Disposition of a form POST.
  const disposition = `attachment; filename="_bergr__e +%#'(1)' _.tar.gz"; filename*=UTF-8''%C3%9Cbergr%C3%B6`
  if (s3.name !== 'ceph') expect(object.disposition).toContain(disposition)
  expect(object.metadata).toMatchObject({ album: '=?UTF-8?B?QsOkcg==?=', n: '1' })
  expect((grant as Grant).key).toBe(`ada/${object.metadata['partway-id']}/Übergröße-1-.tar.gz`)
  expect(done).toMatchObject({
    key: (grant as Grant).key,
    size: bytes.length,
    etag: expect.stringMatching(/\w/),
  })
  expect(done?.location).toBe(`${s3.endpoint}/${bucket}/${encodeURI((grant as Grant).key)}`)
  await host.close()
})

test('a form takes neither another size nor another type', async () => {
  const { bucket, host, create, complete } = await openApp(s3)
  const [grant] = (await create({ name: 'a.txt', type: 'text/plain', size: 10 })) as [Grant]
  expect(await sendForm(grant, randomBytes(11))).toBe(400)
  expect(await sendForm(grant, randomBytes(9))).toBe(400)
  if (grant.kind === 'form') grant.fields['Content-Type'] = 'text/html'
  expect(await sendForm(grant, randomBytes(10))).toBe(403)
  expect((await listContents(s3.client, bucket)).objects).toEqual([])
  expect(await complete(grant.ticket)).toMatchObject([{ code: 'object_missing', status: 409 }])
  await host.close()
})

test('a PUT arrives with its type, name and metadata, and with its exact size only', async () => {
  const { bucket, host, create, complete } = await openApp(s3, { singleUpload: 'put' })
  const bytes = randomBytes(10_000)
  const file = { name: 'ä "b".txt', type: 'text/plain', size: bytes.length, metadata: { album: 'Bär' } }
  const [grant] = (await create(file)) as [Grant]
  if (grant.kind !== 'put') throw new Error(`a put grant was expected, not ${grant.kind}`)
  const send = (body: Uint8Array, headers = grant.headers) =>
    fetch(grant.url, { method: 'PUT', headers, body: body as BodyInit }).then(({ status }) => status)
  expect(await send(bytes.subarray(1))).toBe(403)
  expect(await send(bytes, { ...grant.headers, 'content-type': 'text/html' })).toBe(403)
  expect(await send(bytes)).toBe(200)
  expect(await complete(grant.ticket)).toMatchObject([{ key: grant.key, size: bytes.length }])
  const object = await readObject(s3.client, bucket, grant.key)
  expect(object).toMatchObject({ sha256: sha256(bytes), type: 'text/plain' })
  expect(object.disposition).toContain('attachment; ')
  expect(object.metadata.album).toBe('=?UTF-8?B?QsOkcg==?=')
  await host.close()
})

test('empty files, and many at once', async () => {
  const { bucket, host, create, complete } = await openApp(s3, { multipartThreshold: 0 })
  const files = Array.from({ length: 40 }, (_, index) => ({ name: `${index}`, type: '', size: 0 }))
  const grants = await create(...files)
  expect(await Promise.all(grants.map((grant) => sendForm(grant, new Uint8Array())))).toEqual(
    Array(40).fill(204),
  )
  const done = await complete(...grants.map(({ ticket }) => ticket))
  expect(done.map(({ key, size }) => [key, size])).toEqual(grants.map(({ key }) => [key, 0]))
  expect((await listContents(s3.client, bucket)).objects).toHaveLength(40)
  await host.close()
})

test('an abort deletes what was sent, and only that', async () => {
  const { bucket, host, create, abort } = await openApp(s3)
  const file = { name: 'a', type: '', size: 3 }
  const [sent, unsent] = (await create(file, file)) as [Grant, Grant]
  expect(await sendForm(sent, randomBytes(3))).toBe(204)
  expect(await abort(sent.ticket, unsent.ticket)).toEqual([null, null])
  expect((await listContents(s3.client, bucket)).objects).toEqual([])
  await host.close()
})

// The Companion routes as `@uppy/aws-s3` calls them, to a real S3, by fetch alone.
import { randomBytes } from 'node:crypto'
import type { CompletedObject, ErrorBody, PartwayOptions } from '@partway/koa'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { listAll, listContents, readObject, sha256 } from '../s3-contents.js'
import { call, post, serveApp, testOptions } from '../serve.js'

const MIB = 1024 ** 2
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

interface Created {
  key: string
  uploadId: string
  bucket: string
}
interface Listed {
  PartNumber: number
  Size: number
  ETag: string
}

async function openApp(more: Partial<PartwayOptions> = {}) {
  const bucket = await createBucket(s3.client)
  const host = await serveApp(testOptions(s3, bucket, more))
  const base = `${host.origin}/uploads/s3`
  const path = ({ uploadId, key }: Created, rest = '', query: Record<string, string> = {}) =>
    `${base}/multipart/${encodeURIComponent(uploadId)}${rest}?${new URLSearchParams({ key, ...query })}`
  return {
    bucket,
    host,
    base,
    create: async (body: object) => (await post<Created>(`${base}/multipart`, body)).body,
    sign: async (upload: Created, partNumber: number | string, user = 'ada') =>
      (
        await call<{ url: string; expires: number } & ErrorBody>(path(upload, `/${partNumber}`), {
          headers: { 'x-user': user },
        })
      ).body,
    batch: async (upload: Created, partNumbers: string) =>
      (
        await call<{ presignedUrls: Record<string, string> } & ErrorBody>(
          path(upload, '/batch', { partNumbers }),
        )
      ).body,
    list: async (upload: Created) => (await call<Listed[]>(path(upload))).body,
    complete: async (upload: Created, parts: { PartNumber: number; ETag: string }[]) =>
      (
        await post<{ location: string; key: string; bucket: string } & ErrorBody>(path(upload, '/complete'), {
          parts,
        })
      ).body,
    abort: async (upload: Created) => (await call(path(upload), { method: 'DELETE' })).body,
  }
}

async function put(url: string, body: Uint8Array): Promise<string> {
  const response = await fetch(url, { method: 'PUT', body: body as BodyInit })
  expect(response.status).toBe(200)
  return response.headers.get('etag') ?? ''
}

// What Uppy sends: relativePath is null for most files, and names are as users write them.
const file = {
  filename: 'b1c9-Übergröße 1.mp4',
  type: 'video/mp4',
  metadata: { relativePath: null, name: 'Übergröße 1.mp4', type: 'video/mp4', take: 7 },
}

test('parts, signed one by one and as a batch, then completed with quoted or bare ETags', async () => {
  const { bucket, host, create, sign, batch, list, complete } = await openApp()
  const bytes = randomBytes(11 * MIB)
  const upload = await create(file)
  expect(upload).toEqual({
    key: expect.stringMatching(/\/b1c9-Übergröße-1\.mp4$/),
    uploadId: expect.any(String),
    bucket,
  })
  const first = await sign(upload, 1)
  expect(first).toEqual({ url: expect.stringContaining('X-Amz-Signature'), expires: 3600 })
  const { presignedUrls } = await batch(upload, '2,3')
  expect(Object.keys(presignedUrls)).toEqual(['2', '3'])
  const parts = [
    { PartNumber: 1, ETag: await put(first.url, bytes.subarray(0, 5 * MIB)) },
    { PartNumber: 2, ETag: await put(presignedUrls[2] ?? '', bytes.subarray(5 * MIB, 10 * MIB)) },
    {
      PartNumber: 3,
      ETag: (await put(presignedUrls[3] ?? '', bytes.subarray(10 * MIB))).replaceAll('"', ''),
    },
  ]
  const listed = await list(upload)
  expect(listed.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [1, 5 * MIB],
    [2, 5 * MIB],
    [3, MIB],
  ])
  expect(listed[0]?.ETag).toBe(parts[0]?.ETag)
  const done = await complete(upload, parts)
  expect(done).toEqual({
    location: `${s3.endpoint}/${bucket}/${encodeURI(upload.key)}`,
    key: upload.key,
    bucket,
  })
  expect(await complete(upload, parts)).toEqual(done)
  const object = await readObject(s3.client, bucket, upload.key)
  expect(object).toMatchObject({ sha256: sha256(bytes), type: 'video/mp4' })
  expect(object.metadata).toMatchObject({ name: expect.stringMatching(/^=\?UTF-8\?B\?/), take: '7' })
  expect(object.metadata).not.toHaveProperty('relativepath')
  await host.close()
})

test('a form for one request', async () => {
  const { bucket, base, host } = await openApp()
  const bytes = randomBytes(1000)
  const query = new URLSearchParams({
    filename: 'a b.png',
    type: 'image/png',
    'metadata[name]': 'ä',
    theirs: 'ignored',
  })
  const { body } = await call<{
    method: string
    url: string
    fields: Record<string, string>
    expires: number
  }>(`${base}/params?${query}`)
  expect(body).toMatchObject({ method: 'POST', url: expect.stringContaining(bucket), expires: 3600 })
  expect(body.fields).toMatchObject({
    success_action_status: '201',
    bucket,
    'x-amz-meta-name': '=?UTF-8?B?w6Q=?=',
  })
  const form = new FormData()
  for (const [name, value] of Object.entries(body.fields)) form.set(name, value)
  form.set('file', new Blob([bytes]))
  const response = await fetch(body.url, { method: 'POST', body: form })
  expect(response.status).toBe(201)
  const object = await readObject(s3.client, bucket, body.fields.key ?? '')
  expect(object).toMatchObject({ sha256: sha256(bytes), type: 'image/png' })
  await host.close()
})

test.skipIf(process.env.S3_UNDER_TEST === 'ceph')(
  'no client tells of what went in one request: the server does, once it is there (not on Ceph: its clock cannot be moved)',
  async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const told: unknown[] = []
    const onComplete = ({ key, size, by }: CompletedObject) => void told.push([key, size, by])
    const { base, host } = await openApp({ onComplete })
    const begin = async () =>
      (await call<{ url: string; fields: Record<string, string> }>(`${base}/params?filename=a`)).body
    const [sent, unsent] = [await begin(), await begin()]
    expect(unsent.fields.key).not.toBe(sent.fields.key)
    const form = new FormData()
    for (const [name, value] of Object.entries(sent.fields)) form.set(name, value)
    form.set('file', new Blob(['abc']))
    expect((await fetch(sent.url, { method: 'POST', body: form })).status).toBe(201)
    vi.setSystemTime(Date.now() + 60_000)
    expect(await host.uploads.finish()).toMatchObject({ looked: 2, delivered: 1 })
    expect(await host.uploads.finish()).toMatchObject({ delivered: 0 })
    expect(told).toEqual([[sent.fields.key, 3, 'finisher']])
    await host.close()
  },
)

test('a PUT for one request, as 5.1.0 can do it', async () => {
  const { bucket, base, host } = await openApp({ singleUpload: 'put' })
  const bytes = randomBytes(1000)
  const query = new URLSearchParams({ filename: 'a b.png', type: 'image/png', 'metadata[name]': 'ä' })
  const { body } = await call<{ method: 'PUT'; url: string; headers: Record<string, string> }>(
    `${base}/params?${query}`,
  )
  expect(body).toEqual({
    method: 'PUT',
    url: expect.stringContaining(bucket),
    headers: expect.objectContaining({ 'content-type': 'image/png' }),
    fields: { bucket, key: expect.stringMatching(/\/a-b\.png$/) },
    expires: 3600,
  })
  const response = await fetch(body.url, { method: body.method, headers: body.headers, body: bytes })
  expect([response.status, response.headers.get('etag')]).toEqual([200, expect.stringMatching(/\w/)])
  const [key = ''] = (await listContents(s3.client, bucket)).objects
  const object = await readObject(s3.client, bucket, key)
  expect(object).toMatchObject({ sha256: sha256(bytes), type: 'image/png' })
  expect(object.disposition).toBe('attachment; filename="a b.png"')
  await host.close()
})

test('completion holds the client to what S3 has', async () => {
  const { bucket, host, create, sign, complete } = await openApp()
  const upload = await create(file)
  const ETag = await put((await sign(upload, 2)).url, randomBytes(10))
  const two = { PartNumber: 2, ETag }
  expect(await complete(upload, [two])).toMatchObject({ code: 'parts_missing', status: 409 })
  await put((await sign(upload, 1)).url, randomBytes(10))
  const invented = { PartNumber: 1, ETag: '"d41d8cd98f00b204e9800998ecf8427e"' }
  expect(await complete(upload, [invented, two])).toMatchObject({
    code: 'part_mismatch',
    status: 409,
    error: expect.stringContaining('part 1.'),
  })
  const one = { PartNumber: 1, ETag: await put((await sign(upload, 1)).url, randomBytes(10)) }
  expect(await complete(upload, [one])).toMatchObject({ code: 'part_mismatch' })
  expect(await complete(upload, [one, one])).toMatchObject({ code: 'part_mismatch' })
  const tooSmall = await complete(upload, [one, two])
  expect(tooSmall).toMatchObject({ code: 'part_size_mismatch', message: expect.stringContaining('5 MiB') })
  expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [upload.key] })
  await host.close()
})

test.each<[string, Partial<PartwayOptions>, string, unknown[]]>([
  ['its size', { limits: { maxFileSize: 2 } }, 'file_too_large', ['refused']],
  ['what is in it', { onVerify: () => false }, 'content_refused', []],
])('what is refused for %s leaves nothing, in the journal either', async (_, options, code, expected) => {
  const told: unknown[] = []
  const { bucket, host, create, sign, complete } = await openApp({
    ...options,
    onAbort: ({ reason }) => void told.push(reason),
  })
  const upload = await create({ filename: 'a', type: '' })
  const part = await fetch((await sign(upload, 1)).url, { method: 'PUT', body: 'abc' })
  const parts = [{ PartNumber: 1, ETag: part.headers.get('etag') ?? '' }]
  expect(await complete(upload, parts)).toMatchObject({ code, deleted: true })
  expect(await listAll(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
  expect(told).toEqual(expected)
  await host.close()
})

test('an abort leaves nothing', async () => {
  const { bucket, host, create, sign, abort, list } = await openApp()
  const upload = await create(file)
  await put((await sign(upload, 1)).url, randomBytes(10))
  expect(await abort(upload)).toEqual({})
  expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
  expect(await abort(upload)).toEqual({})
  expect(await list(upload)).toMatchObject({ code: 'upload_gone', message: expect.any(String) })
  await host.close()
})

test('nobody else, no other key, and no upload of the native routes gets through', async () => {
  const { host, create, sign, base } = await openApp({ partSize: 5 * MIB })
  const upload = await create(file)
  expect(await sign(upload, 1, 'eve')).toMatchObject({ code: 'ticket_not_yours', status: 403 })
  expect(await sign({ ...upload, key: 'other' }, 1)).toMatchObject({ code: 'key_mismatch', field: 'key' })
  expect((await call(`${base}/multipart/${upload.uploadId}`)).body).toMatchObject({
    code: 'invalid_request',
    field: 'key',
  })

  const native = await post<{ uploads: [{ ticket: string; key: string }] }>(`${host.origin}/uploads/create`, {
    files: [{ name: 'a', type: '', size: 6 * MIB }],
  })
  const [{ ticket, key }] = native.body.uploads
  expect(await sign({ ...upload, uploadId: ticket, key }, 1)).toMatchObject({
    code: 'ticket_wrong_kind',
    status: 400,
  })
  const crossed = await post(`${host.origin}/uploads/complete`, { tickets: [upload.uploadId] })
  expect(crossed.body).toMatchObject({ uploads: [{ code: 'ticket_wrong_kind' }] })
  await host.close()
})

test('refusals are readable for both versions of the client', async () => {
  const { host, base } = await openApp()
  const response = await fetch(`${base}/params`, { headers: { 'x-user': 'ada' } })
  expect([response.status, response.statusText]).toEqual([400, 'invalid_request'])
  const body = (await response.json()) as ErrorBody & { message: string }
  expect(body.message).toBe(body.error)
  await host.close()
})

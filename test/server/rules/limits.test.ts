// Which files are allowed: told by /config, and enforced when an upload is created, signed and completed.
import { randomBytes } from 'node:crypto'
import type { ConfigReply, ErrorBody, FileRequest, Limits } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, multipart, openApp, sendAll } from '../native-client.js'
import { listContents, readObject } from '../s3-contents.js'
import { call, post, serveApp, testOptions } from '../serve.js'

const MIB = 1024 ** 2
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

const file: FileRequest = { name: 'a.mp4', type: 'video/mp4', size: 5 }

test.each<[Limits, Partial<FileRequest>, code: string, field: string, message: string]>([
  [{ maxFileSize: 4 }, {}, 'file_too_large', 'size', 'The file has 5 B; at most 4 B are allowed.'],
  [{ maxFileSize: 2 * MIB }, { size: 3 * MIB }, 'file_too_large', 'size', 'has 3 MiB; at most 2 MiB'],
  [{ minFileSize: 6 }, {}, 'file_too_small', 'size', 'The file has 5 B; at least 6 B are needed.'],
  [{ types: ['image/*'] }, {}, 'type_not_allowed', 'type', 'has the type video/mp4. Allowed: image/*.'],
  [
    { types: ['video/mp4'] },
    { type: '' },
    'type_not_allowed',
    'type',
    'a type that the browser does not know',
  ],
  [{ types: ['video/mp'] }, {}, 'type_not_allowed', 'type', 'Allowed: video/mp.'],
  [{ types: ['image/*'] }, { type: 'imagex/png' }, 'type_not_allowed', 'type', ''],
  [{ extensions: ['.mov', '.avi'] }, {}, 'extension_not_allowed', 'name', 'must end with .mov or .avi.'],
  [{ extensions: ['.mp4'] }, { name: 'a.mp4.exe' }, 'extension_not_allowed', 'name', ''],
  [{ extensions: ['.mp4'] }, { name: 'a.mp4 ' }, 'extension_not_allowed', 'name', ''],
  [{ types: ['video/*'], extensions: ['.mov'] }, {}, 'extension_not_allowed', 'name', ''],
  [{ maxNameLength: 4 }, {}, 'name_too_long', 'name', 'has 5 characters; at most 4'],
  [
    { maxMetadataBytes: 3 },
    { metadata: { ab: 'cd' } },
    'metadata_too_large',
    'metadata',
    'takes 4 bytes, and at most 3',
  ],
])('%o refuses %o as %s', async (limits, more, code, field, message) => {
  const { bucket, host, create } = await openApp(s3, { limits })
  const [refused] = await create({ ...file, ...more })
  expect(refused).toMatchObject({ code, field: `files[0].${field}`, error: expect.stringContaining(message) })
  expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
  await host.close()
})

test.each<[Limits, Partial<FileRequest>]>([
  [{ maxFileSize: 5, minFileSize: 5 }, {}],
  [{ types: ['image/*', 'video/*'] }, {}],
  [{ types: ['video/MP4'] }, { type: 'Video/mp4; codecs="avc1"' }],
  [{ extensions: ['.MP4'] }, {}],
  [{ extensions: ['.tar.gz'] }, { name: 'a.b.TAR.GZ' }],
  [{ maxNameLength: 5 }, {}],
  [{ maxMetadataBytes: 4 }, { metadata: { ab: 'cd' } }],
])('%o allows %o', async (limits, more) => {
  const { host, create } = await openApp(s3, { limits })
  expect(await create({ ...file, ...more })).toMatchObject([{ kind: 'form' }])
  await host.close()
})

test('metadata that is not listed is left out', async () => {
  const { bucket, host, create, complete } = await openApp(s3, { limits: { metadataKeys: ['Album'] } })
  const grant = multipart(
    (await create({ ...file, size: 6 * MIB, metadata: { album: 'x', name: 'y', relativePath: 'z' } }))[0],
  )
  await sendAll(randomBytes(6 * MIB), grant)
  await complete(grant.ticket)
  const { metadata } = await readObject(s3.client, bucket, grant.key)
  expect(Object.keys(metadata).sort()).toEqual(['album', 'partway-id'])
  await host.close()
})

test('more files in a call than allowed', async () => {
  const { host } = await openApp(s3, { limits: { maxFilesPerRequest: 2 } })
  const { status, body } = await post<ErrorBody>(`${host.origin}/uploads/create`, {
    files: [file, file, file],
  })
  expect(status).toBe(400)
  expect(body).toMatchObject({
    code: 'too_many_files',
    field: 'files',
    error: expect.stringContaining('at most 2'),
  })
  await host.close()
})

describe('GET /config', () => {
  test('tells the limits and how files are cut', async () => {
    const limits = {
      maxFileSize: 7 * MIB,
      minFileSize: 1,
      types: ['video/*'],
      extensions: ['.mp4'],
      maxNameLength: 100,
      metadataKeys: ['album'],
      maxMetadataBytes: 500,
      maxFilesPerRequest: 50,
    }
    const { host } = await openApp(s3, { limits, partSize: 6 * MIB })
    const { status, headers, body } = await call<ConfigReply>(`${host.origin}/uploads/config`)
    expect(status).toBe(200)
    const storageOrigins = [new URL(s3.endpoint).origin]
    const choices = { checksum: 'md5', singleUpload: 'form' }
    expect(body).toEqual({ limits, multipartThreshold: 6 * MIB, storageOrigins, ...choices })
    expect(headers.get('cache-control')).toBe('no-store')
    expect((await call<ErrorBody>(`${host.origin}/uploads/config`, { headers: {} })).body).toMatchObject({
      code: 'not_signed_in',
    })
    await host.close()
  })

  test('without a part size, parts fill rounds of the connections that browsers open', async () => {
    const bucket = await createBucket(s3.client)
    const host = await serveApp(testOptions(s3, bucket, { hosts: ['https://other.test/{bucket}'] }))
    const config = await call<ConfigReply>(`${host.origin}/uploads/config`)
    expect(config.body.multipartThreshold).toBe(8 * MIB)
    const [grant] = await client(host).create({ ...file, size: 60 * MIB })
    expect(grant).toMatchObject({ partSize: 5 * MIB, partCount: 12 })
    await host.close()
  })

  test('without limits, has those of S3', async () => {
    const { host } = await openApp(s3)
    const { body } = await call<ConfigReply>(`${host.origin}/uploads/config`)
    expect(body.limits).toEqual({
      maxFileSize: 10_000 * 5 * 1024 ** 3,
      minFileSize: 0,
      types: null,
      extensions: null,
      maxNameLength: 1024,
      metadataKeys: null,
      maxMetadataBytes: 2002,
      maxFilesPerRequest: 100,
    })
    await host.close()
  })
})

describe('a client that tells no size', () => {
  async function open(limits: Limits) {
    const app = await openApp(s3, { limits })
    const base = `${app.host.origin}/uploads/s3`
    const { body } = await post<{ uploadId: string; key: string }>(`${base}/multipart`, { filename: 'a' })
    const path = (rest: string) =>
      `${base}/multipart/${body.uploadId}${rest}?key=${encodeURIComponent(body.key)}`
    const send = async (partNumber: number, bytes: Uint8Array) => {
      const signed = await call<{ url: string } & ErrorBody>(path(`/${partNumber}`))
      if (!signed.body.url) return signed.body
      const response = await fetch(signed.body.url, { method: 'PUT', body: bytes as BodyInit })
      return { PartNumber: partNumber, ETag: response.headers.get('etag') ?? '' }
    }
    const complete = async (parts: object[]) => (await post<ErrorBody>(path('/complete'), { parts })).body
    return { ...app, base, send, complete }
  }

  test.each([
    [{ maxFileSize: 5 }, 6, 'file_too_large'],
    [{ minFileSize: 5 }, 4, 'file_too_small'],
  ])('%o: %d bytes in parts are refused at completion, and nothing is left', async (limits, size, code) => {
    const { bucket, host, send, complete } = await open(limits)
    const part = await send(1, randomBytes(size))
    expect(await complete([part])).toMatchObject({ code })
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
    await host.close()
  })

  test('is signed no part that only a file over the limit has', async () => {
    const { host, send } = await open({ maxFileSize: 5 * MIB + 1 })
    expect(await send(2, randomBytes(1))).toMatchObject({ PartNumber: 2 })
    expect(await send(3, randomBytes(1))).toMatchObject({ code: 'file_too_large', status: 413 })
    await host.close()
  })

  test('has the limit in its form, and gets no PUT, which has none', async () => {
    const { host, base } = await open({ maxFileSize: 5, minFileSize: 2 })
    const params = await call<{ url: string; fields: Record<string, string> }>(
      `${base}/params?filename=a&type=`,
    )
    const form = (size: number) => {
      const data = new FormData()
      for (const [name, value] of Object.entries(params.body.fields)) data.set(name, value)
      data.set('file', new Blob([randomBytes(size) as BlobPart]))
      return fetch(params.body.url, { method: 'POST', body: data }).then(({ status }) => status)
    }
    expect([await form(6), await form(1), await form(5)]).toEqual([400, 400, 201])
    await host.close()
    const { host: putHost } = await openApp(s3, { limits: { maxFileSize: 5 }, singleUpload: 'put' })
    const { status, body } = await call<ErrorBody>(`${putHost.origin}/uploads/s3/params?filename=a&type=`)
    expect([status, body.code]).toEqual([400, 'multipart_required'])
    await putHost.close()
  })
})

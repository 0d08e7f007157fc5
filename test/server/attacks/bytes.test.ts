// Other bytes than were granted: parts of another size, URLs for another purpose, other objects in their place.
import { randomBytes } from 'node:crypto'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { MultipartGrant, SignedPart } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { grantLeastPrivilege } from '../../support/least-privilege.js'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { multipart, openApp } from '../native-client.js'
import { listContents, readObject, sha256 } from '../s3-contents.js'
import { companion, sendOpenPart } from './companion-client.js'
import { sendRaw } from './raw-request.js'
import { takeSnapshot } from './s3-snapshot.js'

const MIB = 1024 ** 2
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

const put = async (url: string, body: Uint8Array | undefined, headers: Record<string, string> = {}) => {
  const init = { method: 'PUT', headers, ...(body && { body: body as BodyInit }) }
  return (await fetch(url, init)).status
}

/** An upload of 100 bytes in one part. */
async function openSmall() {
  const app = await openApp(s3, { multipartThreshold: 0 })
  const file = { name: 'a', type: '', size: 100 }
  const [grant, other] = (await app.create(file, file)).map(multipart) as [MultipartGrant, MultipartGrant]
  const [part] = grant.parts as [SignedPart]
  const held = async () => (await app.parts(grant.ticket)).parts
  return { ...app, grant, other, part, held, bytes: randomBytes(100) }
}

describe('a part URL takes exactly its bytes, not', () => {
  test.each([0, 1, 99, 101, 200, 5 * MIB])('%d in place of 100', async (size) => {
    const { host, part, held, bytes } = await openSmall()
    expect(await put(part.url, randomBytes(size))).toBe(403)
    expect(await held()).toEqual([])
    expect(await put(part.url, bytes)).toBe(200)
    await host.close()
  })

  test.each<[what: string, size: number, headers: string[]]>([
    ['fewer than it says', 50, ['Content-Length: 100']],
    ['chunks without a length', 0, ['Transfer-Encoding: chunked']],
    ['no length at all', 0, []],
  ])('%s', async (_, size, headers) => {
    const { host, part, held } = await openSmall()
    const { pathname, search } = new URL(part.url)
    const { status } = await sendRaw(
      part.url,
      [`PUT ${pathname}${search} HTTP/1.1`, ...headers],
      randomBytes(size),
      { hangUp: true },
    )
    // 0: it waited for the rest until the connection was closed.
    if (status !== 0) expect(status).toBeGreaterThanOrEqual(400)
    expect(await held()).toEqual([])
    await host.close()
  })

  test('more than it says: the rest is no part of it', async () => {
    const { host, part, held } = await openSmall()
    const { pathname, search } = new URL(part.url)
    await sendRaw(part.url, [`PUT ${pathname}${search} HTTP/1.1`, 'Content-Length: 100'], randomBytes(300))
    const wrong = (await held()).filter(({ size }) => size !== 100)
    expect(wrong).toEqual([])
    await host.close()
  })
})

describe('a part URL is good for its own part only, not', () => {
  type Change = (url: URL, other: URL) => void
  const copy =
    (name: string): Change =>
    (url, other) =>
      url.searchParams.set(name, other.searchParams.get(name) ?? '')
  const set =
    (name: string, value: string): Change =>
    (url) =>
      url.searchParams.set(name, value)
  const add =
    (name: string, value: string): Change =>
    (url) =>
      url.searchParams.append(name, value)
  const changes: [what: string, change: Change][] = [
    ['another part', set('partNumber', '2')],
    ['a part beyond the plan', set('partNumber', '10000')],
    ['part 0', set('partNumber', '0')],
    ['another upload', copy('uploadId')],
    [
      "another upload's key",
      (url, other) => {
        url.pathname = other.pathname
      },
    ],
    [
      'another upload with its key',
      (url, other) => {
        url.pathname = other.pathname
        copy('uploadId')(url, other)
      },
    ],
    [
      'another bucket',
      (url) => {
        url.pathname = url.pathname.replace(/^\/test/, '/other')
      },
    ],
    [
      'the whole object',
      (url) => {
        url.searchParams.delete('uploadId')
        url.searchParams.delete('partNumber')
      },
    ],
    ['a longer time', set('X-Amz-Expires', '604800')],
    ['a later time', set('X-Amz-Date', '20400101T000000Z')],
    ['any length', set('X-Amz-SignedHeaders', 'host')],
    ['another region', set('X-Amz-Credential', 'x/20240101/eu-west-1/s3/aws4_request')],
    ['another signature', copy('X-Amz-Signature')],
    ['no signature', (url) => url.searchParams.delete('X-Amz-Signature')],
    ['a second part', add('partNumber', '2')],
    ['a second upload', add('uploadId', 'x')],
    ['its access list', add('acl', '')],
    ['its tags', add('tagging', '')],
    ['a session token', add('X-Amz-Security-Token', 'x')],
    ['one parameter more', add('x', '1')],
  ]

  test.each(changes)('%s', async (_, change) => {
    const { bucket, host, part, other, bytes } = await openSmall()
    const before = await takeSnapshot(s3.client, bucket)
    const url = new URL(part.url)
    change(url, new URL(other.parts[0]?.url ?? ''))
    const status = await put(url.href, bytes)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(await takeSnapshot(s3.client, bucket)).toEqual(before)
    await host.close()
  })

  test.each(['GET', 'HEAD', 'DELETE', 'POST', 'OPTIONS'])('%s', async (method) => {
    const { bucket, host, part, bytes, held } = await openSmall()
    expect(await put(part.url, bytes)).toBe(200)
    const before = await takeSnapshot(s3.client, bucket)
    const response = await fetch(part.url, { method, ...(method === 'POST' && { body: bytes as BodyInit }) })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(await takeSnapshot(s3.client, bucket)).toEqual(before)
    expect(await held()).toHaveLength(1)
    await host.close()
  })
})

// "There were headers present in the request which were not signed": S3 refuses all x-amz-* headers that are not.
// Ceph 18 takes them: there, the credentials that sign must have no right to read (option signingClient).
describe("another's object is not copied in by a header that is not signed:", () => {
  const secret = Buffer.from("what another user's file says")

  const ceph = inject('ceph')

  async function openWithSecret(more: Parameters<typeof openApp>[1] = {}) {
    const app = await openApp(s3, { ...(ceph && { signingClient: writingClient(ceph.issuer) }), ...more })
    if (ceph) await grantLeastPrivilege(s3.client, app.bucket, { ...ceph, signer: ceph.issuer.principal })
    await s3.client.send(new PutObjectCommand({ Bucket: app.bucket, Key: 'bob/1/secret', Body: secret }))
    const headers: Record<string, string> = { 'x-amz-copy-source': `/${app.bucket}/bob/1/secret` }
    return { ...app, headers }
  }

  function writingClient({ accessKeyId, secretAccessKey }: S3UnderTest['credentials']) {
    const credentials = { accessKeyId, secretAccessKey }
    return new S3Client({ endpoint: s3.endpoint, region: s3.region, credentials, forcePathStyle: true })
  }

  test.each([
    ['without a body', undefined],
    ['with a body of the right length', randomBytes(secret.length)],
  ])('by a part of known length, %s', async (_, body) => {
    const { host, create, parts, headers } = await openWithSecret({ multipartThreshold: 0 })
    const grant = multipart((await create({ name: 'a', type: '', size: secret.length }))[0])
    expect(await put(grant.parts[0]?.url ?? '', body, headers)).toBeGreaterThanOrEqual(400)
    expect((await parts(grant.ticket)).parts).toEqual([])
    await host.close()
  })

  test('by a form', async () => {
    const { bucket, host, create, headers } = await openWithSecret()
    const [grant] = await create({ name: 'a', type: '', size: 4 })
    if (grant?.kind !== 'form') throw new Error('a form was expected')
    const form = new FormData()
    for (const [name, value] of Object.entries(grant.fields)) form.set(name, value)
    form.set('file', new Blob(['mine']))
    await fetch(grant.url, { method: 'POST', body: form, headers })
    expect((await readObject(s3.client, bucket, grant.key)).sha256).toBe(sha256(Buffer.from('mine')))
    await host.close()
  })

  test('by a part of unknown length', async () => {
    const { host, headers } = await openWithSecret()
    const eve = companion(host, 'eve')
    const upload = await eve.create({ filename: 'a' })
    const { url } = await eve.sign(upload, 1)
    expect(await put(url, undefined, headers)).toBe(403)
    expect(await put(url, undefined, { ...headers, 'x-amz-copy-source-range': 'bytes=0-3' })).toBe(403)
    expect(await eve.list(upload)).toEqual([])
    await host.close()
  })

  test('by a PUT', async () => {
    const { bucket, host, create, headers } = await openWithSecret({ singleUpload: 'put' })
    const [grant] = await create({ name: 'a', type: '', size: secret.length })
    if (grant?.kind !== 'put') throw new Error('a PUT was expected')
    for (const body of [undefined, randomBytes(secret.length)]) {
      expect(await put(grant.url, body, { ...grant.headers, ...headers })).toBe(403)
    }
    expect((await listContents(s3.client, bucket)).objects).toEqual(['bob/1/secret'])
    await host.close()
  })
})

test('a part of unknown length may be replaced and be of any size, and is still refused when complete', async () => {
  const { bucket, host } = await openApp(s3, { limits: { maxFileSize: 1000 } })
  const { create, sign, complete, list } = companion(host)
  const upload = await create({ filename: 'a' })
  const { url } = await sign(upload, 1)
  await sendOpenPart(url, 1, randomBytes(10))
  const large = await sendOpenPart(url, 1, randomBytes(1001))
  expect(await list(upload)).toMatchObject([{ Size: 1001 }])
  expect(await complete(upload, [large])).toMatchObject({ code: 'file_too_large' })
  expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
  await host.close()
})

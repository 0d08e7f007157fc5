// A signed form, tampered with on its way to S3: what arrives is what was granted, or nothing.
import { randomBytes } from 'node:crypto'
import type { FormGrant, Grant, PartwayOptions } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, openApp } from '../native-client.js'
import { listContents, readObject, sha256 } from '../s3-contents.js'
import { call } from '../serve.js'
import { describeObject } from './describe-object.js'

let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

type Field = [name: string, value: string]
const file = { name: 'cat.png', type: 'image/png', size: 4, metadata: { album: 'pets' } }
const content = Buffer.from('meow')

function formOf(grant: Grant | undefined): FormGrant {
  if (grant?.kind !== 'form') throw new Error(`a form grant was expected, not ${grant?.kind}`)
  return grant
}

async function openForm(more: Partial<PartwayOptions> = {}) {
  const app = await openApp(s3, more)
  const grant = formOf((await app.create(file))[0])
  const granted = {
    ContentType: 'image/png',
    // Ceph 18 does not keep the Content-Disposition of a form POST.
    ...(s3.name !== 'ceph' && { ContentDisposition: 'attachment; filename="cat.png"' }),
    ContentLength: 4,
    metadata: { album: 'pets' },
    hasOwnId: true,
  }
  return {
    ...app,
    grant,
    fields: Object.entries(grant.fields),
    granted,
    arrived: () => describeObject(s3.client, app.bucket, grant.key),
  }
}

/** The file's own name and type are whatever an attacker likes. */
async function send(url: string, fields: Field[], bytes: Uint8Array = content, after: Field[] = []) {
  const form = new FormData()
  for (const [name, value] of fields) form.append(name, value)
  form.append('file', new Blob([bytes as BlobPart], { type: 'text/html' }), 'evil.html')
  for (const [name, value] of after) form.append(name, value)
  return (await fetch(url, { method: 'POST', body: form, redirect: 'manual' })).status
}

const isRefusal = (status: number) => status >= 400 && status < 500
const nothing = { objects: [], uploads: [] }

test('the policy allows exactly the fields of the form and the size of the file', async () => {
  const { bucket, host, grant } = await openForm()
  const { Policy = '', 'X-Amz-Signature': signature, ...fields } = grant.fields
  const { expiration, ...policy } = JSON.parse(Buffer.from(Policy, 'base64').toString())
  expect(policy).toEqual({
    conditions: [
      ['content-length-range', 4, 4],
      { 'Content-Type': 'image/png' },
      { 'Content-Disposition': 'attachment; filename="cat.png"' },
      { 'x-amz-meta-album': 'pets' },
      { 'x-amz-meta-partway-id': grant.key.split('/')[1] },
      { bucket },
      { 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256' },
      { 'X-Amz-Credential': fields['X-Amz-Credential'] },
      { 'X-Amz-Date': fields['X-Amz-Date'] },
      { key: grant.key },
    ],
  })
  expect(Object.assign({}, ...policy.conditions.slice(1))).toEqual(fields)
  expect(signature).toMatch(/^[0-9a-f]{64}$/)
  expect((Date.parse(expiration) - Date.now()) / 1000).toBeLessThanOrEqual(3600)
  await host.close()
})

const signedFields = [
  'Content-Type',
  'Content-Disposition',
  'x-amz-meta-album',
  'x-amz-meta-partway-id',
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'key',
  'Policy',
  'X-Amz-Signature',
]

describe.each(signedFields)('the field %s', (name) => {
  test('changed or removed: nothing arrives', async () => {
    const { bucket, host, grant, fields } = await openForm()
    const others = fields.filter(([other]) => other !== name)
    const values = [`${grant.fields[name]}x`, '', 'text/html', 'bob/1/cat.png', `\u0000${grant.fields[name]}`]
    for (const value of values) {
      expect(await send(grant.url, [...others, [name, value]])).toSatisfy(isRefusal)
    }
    expect(await send(grant.url, others)).toSatisfy(isRefusal)
    expect(await listContents(s3.client, bucket)).toEqual(nothing)
    await host.close()
  })

  test('sent twice, changed once: what was granted arrives, or nothing', async () => {
    const { bucket, host, grant, fields, granted, arrived } = await openForm()
    const changed: Field = [name, `${grant.fields[name]}x`]
    for (const twice of [
      [changed, ...fields],
      [...fields, changed],
    ]) {
      if ((await send(grant.url, twice)) < 300) expect(await arrived()).toEqual(granted)
    }
    const others = (await listContents(s3.client, bucket)).objects.filter((key) => key !== grant.key)
    expect(others).toEqual([])
    await host.close()
  })
})

test.each<Field>([
  ['acl', 'public-read'],
  ['Cache-Control', 'max-age=31536000'],
  ['Content-Encoding', 'gzip'],
  ['Expires', 'Thu, 01 Dec 2039 16:00:00 GMT'],
  ['success_action_redirect', 'https://evil.example/'],
  ['redirect', 'https://evil.example/'],
  ['success_action_status', '200'],
  ['tagging', '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>'],
  ['x-amz-meta-owner', 'root'],
  ['x-amz-acl', 'public-read'],
  ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
  ['x-amz-server-side-encryption', 'AES256'],
  ['x-amz-website-redirect-location', 'https://evil.example/'],
  ['x-amz-copy-source', '/another/object'],
  ['x-amz-security-token', 'x'],
  ['AWSAccessKeyId', 'x'],
  ['what S3 does not know', 'x'],
])('the field %s added: nothing arrives', async (name, value) => {
  const { bucket, host, grant, fields } = await openForm()
  expect(await send(grant.url, [...fields, [name, value]])).toSatisfy(isRefusal)
  expect(await send(grant.url, [[name, value], ...fields])).toSatisfy(isRefusal)
  expect(await listContents(s3.client, bucket)).toEqual(nothing)
  await host.close()
})

test('fields and files after the file, and headers that say the same, change nothing', async () => {
  const { host, grant, fields, granted, arrived } = await openForm()
  const late: Field[] = [
    ['acl', 'public-read'],
    ['Content-Type', 'text/html'],
    ['key', 'bob/1/cat.png'],
    ['x-amz-meta-owner', 'root'],
    ['file', 'a second file, which is longer'],
  ]
  expect(await send(grant.url, fields, content, late)).toBe(204)
  expect(await arrived()).toEqual(granted)
  const form = new FormData()
  for (const [name, value] of fields) form.set(name, value)
  form.set('file', new Blob(['woof']))
  const headers = { 'x-amz-acl': 'public-read', 'x-amz-meta-owner': 'root', 'cache-control': 'max-age=9' }
  expect((await fetch(grant.url, { method: 'POST', body: form, headers })).status).toBe(204)
  expect(await arrived()).toEqual(granted)
  await host.close()
})

test('names of fields in other case: what was granted arrives, or it is not completed', async () => {
  const { host, grant, fields, granted, arrived, complete } = await openForm()
  const status = await send(
    grant.url,
    fields.map(([name, value]) => [name.toUpperCase(), value]),
  )
  const [done] = await complete(grant.ticket)
  if (done?.code === undefined) expect(await arrived()).toEqual(granted)
  else
    expect([status < 300, done.code]).toEqual([
      s3.name === 'ceph',
      status < 300 ? 'object_mismatch' : 'object_missing',
    ])
  await host.close()
})

test.each([0, 1, 3, 5, 8, 1024 ** 2])('%d bytes in place of 4: nothing arrives', async (size) => {
  const { bucket, host, grant, fields } = await openForm()
  expect(await send(grant.url, fields, randomBytes(size))).toBe(400)
  expect(await listContents(s3.client, bucket)).toEqual(nothing)
  await host.close()
})

test.each<[what: string, change: (policy: { expiration: string; conditions: unknown[] }) => void]>([
  ['a later end', (policy) => Object.assign(policy, { expiration: '2040-01-01T00:00:00Z' })],
  ['any size', ({ conditions }) => conditions.splice(0, 1)],
  ['any key', ({ conditions }) => conditions.splice(-1, 1, ['starts-with', '$key', ''])],
  ['one condition more', ({ conditions }) => conditions.push({ acl: 'public-read' })],
  ['no conditions', (policy) => Object.assign(policy, { conditions: [] })],
])('a policy with %s under the old signature: nothing arrives', async (_, change) => {
  const { bucket, host, grant } = await openForm()
  const policy = JSON.parse(Buffer.from(grant.fields.Policy ?? '', 'base64').toString())
  change(policy)
  const Policy = Buffer.from(JSON.stringify(policy)).toString('base64')
  expect(await send(grant.url, Object.entries({ ...grant.fields, Policy }))).toBe(403)
  expect(await listContents(s3.client, bucket)).toEqual(nothing)
  await host.close()
})

describe('a policy is good for its own object only:', () => {
  test("not for a second one, nor for another owner's", async () => {
    const { bucket, host, grant, fields } = await openForm()
    const [second] = await client(host).create(file)
    const [foreign] = await client(host, 'eve').create(file)
    for (const { fields: target } of [formOf(second), formOf(foreign)]) {
      const { key = '', 'x-amz-meta-partway-id': id = '' } = target
      const mixes: Record<string, string>[] = [{ key }, { key, 'x-amz-meta-partway-id': id }]
      for (const name of ['Policy', 'X-Amz-Signature']) mixes.push({ [name]: target[name] ?? '' })
      for (const mix of mixes) {
        expect(await send(grant.url, Object.entries({ ...grant.fields, ...mix }))).toBe(403)
      }
    }
    expect(await listContents(s3.client, bucket)).toEqual(nothing)
    expect(await send(grant.url, fields)).toBe(204)
    await host.close()
  })

  test('not in another bucket', async () => {
    const { bucket, host, grant, fields } = await openForm()
    const other = await createBucket(s3.client)
    const url = grant.url.replace(bucket, other)
    expect(await send(url, fields)).toSatisfy(isRefusal)
    expect(await send(url, [...fields.filter(([name]) => name !== 'bucket'), ['bucket', other]])).toSatisfy(
      isRefusal,
    )
    expect(await listContents(s3.client, other)).toEqual(nothing)
    await host.close()
  })

  test('not after its time', async () => {
    const { host, grant, fields, complete } = await openForm({ urlExpiresInSeconds: 1 })
    expect(grant.expiresIn).toBe(1)
    // S3 counts whole seconds, and the form is good until then.
    await vi.waitFor(async () => expect(await send(grant.url, fields)).toBe(403), {
      timeout: 10_000,
      interval: 200,
    })
    const before = await complete(grant.ticket)
    expect(await send(grant.url, fields, Buffer.from('woof'))).toBe(403)
    expect(await complete(grant.ticket)).toEqual(before)
    await host.close()
  })
})

describe('what S3 allows by design, until the form expires:', () => {
  test('the same form again replaces the object by other bytes of the same size, type and name', async () => {
    const etags: string[] = []
    const { bucket, host, grant, fields, granted, arrived, complete } = await openForm({
      onComplete: ({ etag }) => void etags.push(etag),
    })
    await send(grant.url, fields)
    expect(await complete(grant.ticket)).toMatchObject([{ size: 4 }])
    expect(await send(grant.url, fields, Buffer.from('woof'))).toBe(204)
    expect(await arrived()).toEqual(granted)
    const { sha256: now } = await readObject(s3.client, bucket, grant.key)
    expect(now).toBe(sha256(Buffer.from('woof')))
    // The ETag that the host was told tells the difference.
    await complete(grant.ticket)
    expect(new Set(etags).size).toBe(2)
    await host.close()
  })

  test('an abort deletes the object until it is completed, and then no more: the host has heard of it', async () => {
    const { bucket, host, grant, fields, create, complete, abort } = await openForm()
    await send(grant.url, fields)
    expect(await abort(grant.ticket)).toEqual([null])
    expect(await listContents(s3.client, bucket)).toEqual(nothing)
    const [again] = await create(file)
    if (again?.kind !== 'form') throw new Error('a form was expected')
    await send(again.url, Object.entries(again.fields))
    expect(await complete(again.ticket)).toMatchObject([{ size: 4 }])
    expect(await abort(again.ticket)).toEqual([null])
    expect((await listContents(s3.client, bucket)).objects).toEqual([again.key])
    await host.close()
  })

  test('and so nothing that is verified goes by form', async () => {
    for (const more of [{ verifyContent: true }, { onVerify: () => true }]) {
      const { host, create } = await openApp(s3, more)
      const grants = await create(file, { ...file, size: 1 }, { ...file, size: 5 * 1024 ** 2 })
      expect(grants.map(({ kind }) => kind)).toEqual(['multipart', 'multipart', 'multipart'])
      const { body } = await call(`${host.origin}/uploads/s3/params?filename=a&type=`)
      expect(body).toMatchObject({ code: 'multipart_required' })
      await host.close()
    }
  })
})

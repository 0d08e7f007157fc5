// Who may upload what: the host's `authorize`, for both kinds of clients.
import { randomBytes } from 'node:crypto'
import type { Decision, ErrorBody, PartwayOptions, UploadFile } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { multipart, openApp, sendAll, sendForm } from '../native-client.js'
import { listContents, readObject } from '../s3-contents.js'
import { post } from '../serve.js'

const MIB = 1024 ** 2
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

const film = { name: 'film.mp4', type: 'video/mp4', size: 6 * MIB, metadata: { album: 'Bär' } }

test('it is asked with the owner and all that the page says', async () => {
  const asked: [UploadFile, string][] = []
  const { host, create } = await openApp(s3, {
    authorize: (_ctx, file, owner) => asked.push([file, owner]) > 0,
  })
  const [grant] = await create(film)
  const created = await post<{ key: string }>(`${host.origin}/uploads/s3/multipart`, {
    filename: 'film.mp4',
    type: 'video/mp4',
  })
  const id = expect.stringMatching(/^[0-9a-f-]{36}$/)
  expect(asked).toEqual([
    [{ id, ...film }, 'ada'],
    [{ id, name: 'film.mp4', type: 'video/mp4', size: undefined, metadata: {} }, 'ada'],
  ])
  expect(grant?.kind === 'multipart' && grant.key).toBe(`ada/${asked[0]?.[0].id}/film.mp4`)
  expect(created.body.key).toBe(`ada/${asked[1]?.[0].id}/film.mp4`)
  await host.close()
})

describe('a refusal', () => {
  test.each<[Decision, string]>([
    [false, 'You may not upload this file.'],
    [{ refuse: 'Your trial has ended.' }, 'Your trial has ended.'],
  ])('%o reaches the user, and nothing is on S3', async (decision, message) => {
    const { bucket, host, create } = await openApp(s3, { authorize: async () => decision })
    expect(await create(film)).toMatchObject([{ code: 'refused', status: 403, error: message }])
    for (const route of ['multipart', 'params?filename=a&type=']) {
      const url = `${host.origin}/uploads/s3/${route}`
      const { status, body } =
        route === 'multipart'
          ? await post<ErrorBody>(url, { filename: 'a' })
          : await fetch(url, { headers: { 'x-user': 'ada' } }).then(async (response) => ({
              status: response.status,
              body: (await response.json()) as ErrorBody,
            }))
      expect([status, body.code, body.error]).toEqual([403, 'refused', message])
    }
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
    expect(host.errors).toEqual([])
    await host.close()
  })

  test.each([undefined, null, 'yes', 1])('%o is no answer, and lets nobody in', async (answer) => {
    const { bucket, host, create } = await openApp(s3, { authorize: () => answer as never })
    expect(await create(film)).toMatchObject([{ code: 'internal_error', status: 500 }])
    expect(host.errors).toMatchObject([
      { message: expect.stringContaining('authorize must return true, false or an object') },
    ])
    expect((await listContents(s3.client, bucket)).uploads).toEqual([])
    await host.close()
  })

  test('a host that throws refuses, and its words stay with the host', async () => {
    const authorize = () => {
      throw new Error('database password is hunter2')
    }
    const { host, create } = await openApp(s3, { authorize })
    const [refused] = await create(film)
    expect(refused).toMatchObject({ code: 'internal_error' })
    expect(JSON.stringify(refused)).not.toContain('hunter2')
    expect(host.errors).toMatchObject([{ message: 'database password is hunter2' }])
    await host.close()
  })
})

describe('overrides', () => {
  test('key, bucket, metadata and object options are what the object gets', async () => {
    const other = await createBucket(s3.client)
    const mine = await createBucket(s3.client)
    const { host, create, complete } = await openApp(s3, {
      bucket: [mine, other],
      authorize: (_ctx, { id }) => ({
        bucket: other,
        key: `films/${id}`,
        metadata: { project: 'Ö' },
        object: { cacheControl: 'max-age=60', contentDisposition: 'inline' },
      }),
    })
    const bytes = randomBytes(film.size)
    const grant = multipart((await create(film))[0])
    await sendAll(bytes, grant)
    expect(await complete(grant.ticket)).toMatchObject([{ key: grant.key, size: film.size }])
    expect(grant.key).toMatch(/^films\//)
    const object = await readObject(s3.client, other, grant.key)
    expect(object).toMatchObject({
      disposition: 'inline',
      cacheControl: 'max-age=60',
      metadata: { project: '=?UTF-8?B?w5Y=?=' },
    })
    expect(object.metadata).not.toHaveProperty('album')
    await host.close()
  })

  test('limits hold for that file only', async () => {
    const { host, create } = await openApp(s3, {
      limits: { maxFileSize: 10 },
      authorize: (_ctx, { name }) => (name === 'big' ? { limits: { maxFileSize: 6 * MIB } } : true),
    })
    const outcomes = await create({ ...film, name: 'big' }, { ...film, name: 'small' })
    expect(outcomes).toMatchObject([{ kind: 'multipart' }, { code: 'file_too_large', status: 413 }])
    await host.close()
  })

  test.each<[Partial<PartwayOptions>, string]>([
    [
      { authorize: () => ({ bucket: 'elsewhere' }) },
      'returned bucket elsewhere, which option bucket does not',
    ],
    [
      { authorize: () => ({ key: '../up' }) },
      'the key that authorize returned must not hold . or .. segments',
    ],
    [
      { authorize: () => ({ limits: { maxFileSize: -1 } }) },
      'authorize returned limits.maxFileSize: Too small',
    ],
    [{ authorize: () => ({ object: { acl: 'A\n' } }) }, 'authorize returned object.acl'],
  ])('that cannot be are told to the host: %o', async (options, message) => {
    const { host, create } = await openApp(s3, options)
    expect(await create(film)).toMatchObject([{ code: 'internal_error' }])
    expect(host.errors).toMatchObject([{ message: expect.stringContaining(message) }])
    await host.close()
  })
})

test('small files carry the overrides as well, signed', async () => {
  const { bucket, host, create } = await openApp(s3, {
    object: { cacheControl: 'no-cache' },
    authorize: () => ({ metadata: { a: 'b' } }),
  })
  const [grant] = await create({ ...film, size: 3 })
  if (grant?.kind !== 'form') throw new Error('a form was expected')
  const { fields } = grant
  for (const changed of [
    { 'Cache-Control': 'max-age=9' },
    { 'x-amz-meta-a': 'c' },
    { 'x-amz-acl': 'public-read' },
  ]) {
    expect(await sendForm({ ...grant, fields: { ...fields, ...changed } }, randomBytes(3))).toBe(403)
  }
  expect(await sendForm(grant, randomBytes(3))).toBe(204)
  const object = await readObject(s3.client, bucket, grant.key)
  expect(object.metadata).toMatchObject({ a: 'b' })
  // Ceph 18 does not keep the Cache-Control of a form POST.
  if (s3.name !== 'ceph') expect(object.cacheControl).toBe('no-cache')
  await host.close()
})

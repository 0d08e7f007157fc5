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
  test.each<[Decision, message: string, status?: number, code?: string]>([
    [false, 'You may not upload this file.'],
    [{ refuse: 'Your trial has ended.' }, 'Your trial has ended.'],
    [{ refuse: 'Not today.', status: 423, code: 'refused' }, 'Not today.', 423],
    [{ refuse: 'Pay.', status: 402, code: 'payment_required' }, 'Pay.', 402, 'payment_required'],
  ])(
    '%o reaches the user, and nothing is on S3',
    async (decision, message, status = 403, code = 'refused') => {
      const { bucket, host, create } = await openApp(s3, { authorize: async () => decision })
      expect(await create(film)).toMatchObject([{ code, status, error: message }])
      for (const route of ['multipart', 'params?filename=a&type=']) {
        const url = `${host.origin}/uploads/s3/${route}`
        const answer =
          route === 'multipart'
            ? await post<ErrorBody>(url, { filename: 'a' })
            : await fetch(url, { headers: { 'x-user': 'ada' } }).then(async (response) => ({
                status: response.status,
                body: (await response.json()) as ErrorBody,
              }))
        expect([answer.status, answer.body.code, answer.body.error]).toEqual([status, code, message])
      }
      expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
      expect(host.errors).toEqual([])
      await host.close()
    },
  )

  test.each<[decision: unknown, says: string]>(
    [
      ...[
        undefined,
        null,
        'yes',
        1,
        [],
        [true],
        new Error('hunter2'),
        new Map([['bucket', 'media']]),
        new Date(),
      ],
      new (class Allowed {
        refuse = 'not read'
      })(),
      Object.create({ refuse: 'inherited' }),
      new Proxy({}, {}),
      { [Symbol('refuse')]: 'hidden' },
      Object.defineProperty({}, 'refuse', { value: 'not enumerable' }),
    ]
      .map((decision): [unknown, string] => [
        decision,
        'authorize must return true, false or an object as documented, got ',
      ])
      .concat([
        [{ allowed: false }, 'authorize returned allowed, which is no field of its answer'],
        [{ error: 'hunter2' }, 'authorize returned error, which is no field'],
        [{ maxFileSize: 1 }, 'authorize returned maxFileSize, which is no field'],
        [{ key: null }, 'authorize returned key: Invalid input: expected string, received null'],
        [{ metadata: { a: 1 } }, 'authorize returned metadata.a: Invalid input: expected string'],
        [{ metadata: new Map() }, 'authorize returned metadata: must be a plain object, got an object'],
        [
          { metadata: JSON.parse('{"__proto__":"x"}') },
          'authorize returned metadata: must be a plain object, got an object',
        ],
        [
          { object: { tags: Object.create({ a: '1' }) } },
          'authorize returned object.tags: must be a plain object, got an object',
        ],
        [{ limits: new Map([['maxFileSize', 1]]) }, 'authorize returned limits: must be a plain object'],
        [{ limits: { maxSize: 1 } }, 'authorize returned limits.maxSize, which is no field'],
        [{ limits: { maxFileSize: null } }, 'authorize returned limits.maxFileSize: '],
        [{ object: [] }, 'authorize returned object: must be a plain object'],
        [{ object: { encryption: 'aws:kms' } }, 'authorize returned object.encryption, which is no field'],
        [
          { refuse: undefined },
          'authorize returned refuse: Invalid input: expected string, received undefined',
        ],
        [{ refuse: false }, 'authorize returned refuse: Invalid input: expected string, received boolean'],
        [{ refuse: '' }, 'authorize returned refuse: Too small'],
        [{ refuse: 'No.', bucket: 'media' }, 'authorize returned bucket, which is no field'],
        [
          { refuse: 'No.', status: 200 },
          'authorize returned a refusal whose status must be a whole number from 400 to 499, got 200',
        ],
        [{ refuse: 'No.', status: 500 }, 'whose status must be'],
        [{ refuse: 'No.', status: 402.5 }, 'whose status must be'],
        [{ refuse: 'No.', status: '402' }, 'authorize returned status: Invalid input: expected number'],
        [
          { refuse: 'No.', code: 'Payment required' },
          'whose code must be in snake_case and have at most 64 characters',
        ],
        [{ refuse: 'No.', code: '' }, 'whose code must be in snake_case'],
        [{ refuse: 'No.', code: 'x'.repeat(65) }, 'whose code must be in snake_case'],
        [
          { refuse: 'No.', code: 'upload_gone' },
          'whose code must not be one that Partway has a meaning for, got upload_gone',
        ],
      ]),
  )('%o is no decision: nobody gets in, and the host is told', async (decision, says) => {
    const told: unknown[] = []
    const { bucket, host, create } = await openApp(s3, {
      authorize: () => decision as never,
      onError: (error) => void told.push(error),
    })
    expect(await create(film)).toMatchObject([{ code: 'internal_error', status: 500 }])
    expect(host.errors).toMatchObject([{ name: 'TypeError', message: expect.stringContaining(says) }])
    expect(String(host.errors[0])).not.toContain('hunter2')
    expect(told).toEqual(host.errors)
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
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

  test('what is undefined changes nothing', async () => {
    const unset = {
      bucket: undefined,
      key: undefined,
      metadata: undefined,
      limits: { maxFileSize: undefined, types: undefined },
      object: { cacheControl: undefined, contentDisposition: 'inline' },
    }
    const { bucket, host, create, complete } = await openApp(s3, {
      limits: { maxFileSize: 6 * MIB, types: ['video/*'] },
      object: { cacheControl: 'no-store' },
      authorize: () => unset as never,
    })
    const [grant, large, text] = await create(
      film,
      { ...film, size: 7 * MIB },
      { ...film, type: 'text/plain' },
    )
    expect([large, text]).toMatchObject([{ code: 'file_too_large' }, { code: 'type_not_allowed' }])
    await sendAll(randomBytes(film.size), multipart(grant))
    expect(await complete(multipart(grant).ticket)).toMatchObject([{ key: expect.stringMatching(/^ada\//) }])
    expect(await readObject(s3.client, bucket, multipart(grant).key)).toMatchObject({
      cacheControl: 'no-store',
      disposition: 'inline',
      metadata: { album: expect.any(String) },
    })
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
      { authorize: () => ({ key: '.partway/a' }) },
      'the key .partway/a is below .partway/, which option journal keeps for itself',
    ],
    [
      { key: () => '.kept/a/b', journal: { prefix: '.kept/a/' } },
      'the key .kept/a/b is below .kept/a/, which option journal keeps for itself',
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

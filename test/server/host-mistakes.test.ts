// What a host app gets wrong after construction: told to the host, not to the page.
import { type CreateReply, type PartwayOptions, partway } from '@partway/koa'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { call, post, secrets, serve, testOptions } from './serve.js'

let s3: S3UnderTest
let bucket: string

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client)
})
afterAll(async () => {
  await s3.close()
})

const files = [{ name: 'a.mp4', type: 'video/mp4', size: 20 * 1024 ** 2 }]

describe('secrets from app.keys', () => {
  async function open(keys: Koa['keys'] | undefined) {
    const { secrets: _, ...withoutSecrets } = testOptions(s3, bucket)
    const app = new Koa()
    if (keys) app.keys = keys
    const errors: Error[] = []
    app.on('error', (error) => errors.push(error))
    app.use(partway(withoutSecrets as PartwayOptions))
    app.use((ctx) => {
      ctx.body = 'a page of the app'
    })
    const { origin, close } = await serve(app.callback())
    onTestFinished(close)
    return { origin, errors }
  }

  test('are used when they are long enough', async () => {
    const { origin, errors } = await open([...secrets])
    expect(await (await fetch(origin)).text()).toBe('a page of the app')
    expect((await post(`${origin}/uploads/create`, { files })).status).toBe(200)
    expect(await call(`${origin}/uploads/health`)).toMatchObject({ status: 200, body: { ok: true } })
    expect(errors).toEqual([])
  })

  const prefix = 'partway(): without option secrets, app.keys'
  class Keygrip {}

  test.each([
    ['missing', undefined, `${prefix} must be a list of strings, got undefined`],
    ['of a variable that is not set', [undefined], `${prefix}[0] must be a string, got undefined`],
    ['short', ['short'], `${prefix}[0] must have at least 32 characters, got 5`],
    ['a Keygrip', new Keygrip(), `${prefix} must be a list of strings, got an instance of Keygrip`],
  ])('%s: each call says what to set, and so does /health; the host hears which', async (_, keys, cause) => {
    const { origin, errors } = await open(keys as never)
    const refused = { code: 'secrets_invalid', error: expect.stringContaining('Set app.keys') }
    for (const ask of [post(`${origin}/uploads/create`, { files }), call(`${origin}/uploads/config`)]) {
      expect(await ask).toMatchObject({ status: 500, body: refused })
    }
    expect(await call(`${origin}/uploads/health`)).toMatchObject({
      status: 503,
      body: { ok: false, code: 'secrets_invalid' },
    })
    const told = { code: 'secrets_invalid', cause: { message: expect.stringContaining(cause) } }
    expect(errors).toMatchObject([told, told, told])
  })

  test('the host hears at the first request to the app, whatever it is for, and once', async () => {
    const { origin, errors } = await open(['short'])
    for (const path of ['/', '/login']) {
      expect((await fetch(origin + path)).status).toBe(200)
      expect(errors).toMatchObject([{ code: 'secrets_invalid' }])
    }
  })
})

describe("mistakes of the host's functions are its own to see", () => {
  async function create(options: Partial<PartwayOptions>) {
    const app = new Koa()
    const errors: Error[] = []
    app.on('error', (error) => errors.push(error))
    app.use(partway(testOptions(s3, bucket, options)))
    const { origin, close } = await serve(app.callback())
    const { status, body } = await post<CreateReply>(`${origin}/uploads/create`, { files })
    await close()
    return { status, body, message: errors[0]?.message }
  }

  test('an owner that throws, or is no string, or too long', async () => {
    const throwing = await create({
      owner: () => {
        throw new Error('no session store')
      },
    })
    expect(throwing).toMatchObject({ status: 500, message: 'no session store' })
    expect(await create({ owner: (() => 7) as never })).toMatchObject({
      status: 500,
      message: 'partway(): option owner must return a string or undefined, got number',
    })
    expect(await create({ owner: () => 'ü'.repeat(65) })).toMatchObject({
      status: 500,
      message: 'partway(): option owner must return at most 128 bytes, got 130',
    })
    expect(await create({ owner: async () => '' })).toMatchObject({ status: 401 })
  })

  test('a key that cannot be one fails its file, and says so to the host only', async () => {
    const { status, body, message } = await create({ key: () => '../up' })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { uploads: [{ code: 'internal_error', status: 500 }] },
    })
    expect(message).toBe('partway(): the key that option key returned must not hold . or .. segments')
  })
})

// What a host app gets wrong after construction: told to the host, not to the page.
import { type CreateReply, type PartwayOptions, partway } from '@partway/koa'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { post, secrets, serve, testOptions } from './serve.js'

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
  async function startUpload(keys: Koa['keys'] | undefined) {
    const { secrets: _, ...withoutSecrets } = testOptions(s3, bucket)
    const app = new Koa()
    if (keys) app.keys = keys
    const errors: Error[] = []
    app.on('error', (error) => errors.push(error))
    app.use(partway(withoutSecrets as PartwayOptions))
    const { origin, close } = await serve(app.callback())
    const { status } = await post(`${origin}/uploads/create`, { files })
    await close()
    return { status, message: errors[0]?.message }
  }

  test('are used when they are long enough', async () => {
    expect(await startUpload([...secrets])).toEqual({ status: 200, message: undefined })
  })

  test('are asked for, to the host, when they are missing or short', async () => {
    const prefix = 'partway(): without option secrets, app.keys'
    expect(await startUpload(undefined)).toEqual({
      status: 500,
      message: `${prefix} must be a list of strings, got undefined`,
    })
    expect((await startUpload(['short'])).message).toContain(
      `${prefix}[0] must have at least 32 characters, got 5`,
    )
    class Keygrip {}
    expect((await startUpload(new Keygrip() as never)).message).toContain(
      'must be a list of strings, got an instance of Keygrip',
    )
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

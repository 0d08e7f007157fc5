// Which mounts count an owner's uploads together, where they are counted, and what host and page hear of them.
import { randomUUID } from 'node:crypto'
import type { ConfigReply, ErrorBody, PartwayMiddleware, QuotaOptions, QuotaStore } from '@partway/koa'
import { partway } from '@partway/koa'
import { Redis } from 'ioredis'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { startValkey } from '../../support/start-valkey.js'
import { client } from '../native-client.js'
import { call, serve, testOptions } from '../serve.js'
import { noValkey, onValkey } from './quota-backends.js'

const note = { name: 'note.txt', type: 'text/plain', size: 3 }
const over = { code: 'quota_exceeded', status: 429 }
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => await s3.close())

/** An app of its own, as a user that no other test has. */
async function openMount(quota: QuotaOptions | undefined, user: string = randomUUID()) {
  const bucket = await createBucket(s3.client)
  const told: unknown[] = []
  const uploads: PartwayMiddleware = partway(
    testOptions(s3, bucket, { ...(quota && { quota }), onError: (error) => void told.push(error) }),
  )
  const app = new Koa()
  app.silent = true
  app.use(uploads)
  const host = await serve(app.callback())
  onTestFinished(host.close)
  const config = async () =>
    (await call<ConfigReply>(`${host.origin}/uploads/config`, { headers: { 'x-user': user } })).body
  return { user, told, config, quotaOf: () => uploads.quotaOf(user), ...client(host, user) }
}

async function connect(): Promise<Redis> {
  const valkey = await startValkey()
  onTestFinished(valkey.stop)
  const redis = new Redis(valkey.url)
  onTestFinished(() => redis.disconnect())
  return redis
}

const places: [where: string, skipped: boolean, open: () => Promise<Partial<QuotaOptions>>][] = [
  ["in this process's memory", false, async () => ({})],
  [`in one Redis (${onValkey})`, noValkey, async () => ({ redis: await connect() })],
]
describe.each(places)('two mounts that count %s', (_, skipped, open) => {
  test.skipIf(skipped)('count an owner together', async () => {
    const place = await open()
    const first = await openMount({ files: 1, ...place })
    const second = await openMount({ files: 1, ...place }, first.user)
    expect(await first.create(note)).toMatchObject([{ kind: 'form' }])
    expect(await second.create(note)).toMatchObject([over])
    expect(await second.quotaOf()).toEqual({ files: 1, bytes: 3, unfinished: 1 })
  })

  test.skipIf(skipped)('and have other names count apart', async () => {
    const place = await open()
    const first = await openMount({ files: 1, ...place })
    const second = await openMount({ files: 1, name: 'avatars', ...place }, first.user)
    expect(await first.create(note)).toMatchObject([{ kind: 'form' }])
    expect(await second.create(note)).toMatchObject([{ kind: 'form' }])
    expect(await second.create(note)).toMatchObject([over])
  })
})

describe('a store of the host', () => {
  const yes: QuotaStore = {
    reserve: async () => undefined,
    finish: async () => {},
    release: async () => {},
    usage: async () => ({ files: 0, bytes: 0, unfinished: 0 }),
  }

  test('is asked with the name and the owner', async () => {
    const store = { ...yes, reserve: vi.fn(yes.reserve) }
    const { user, create } = await openMount({ files: 9, name: 'films', store })
    await create(note)
    const limits = { files: 9, windowSeconds: 86_400, unfinishedSeconds: 604_800 }
    expect(store.reserve.mock.calls).toMatchObject([
      [`films:${user}`, { id: expect.any(String), bytes: 3 }, limits],
    ])
  })

  test.each<[string, () => unknown]>([
    ['null', async () => null],
    ['false', async () => false],
    ['true', async () => true],
    ['an empty object', async () => ({})],
    ['another limit', async () => ({ limit: 'weight' })],
    ['no promise but null', () => null],
    ['an error', () => Promise.reject(new Error('away'))],
    [
      'what it throws at once',
      () => {
        throw new Error('away')
      },
    ],
    ['a limit that is not set', async () => ({ limit: 'bytes' })],
  ])('that answers %s lets nobody in', async (_, reserve) => {
    const { create, told } = await openMount({ files: 9, store: { ...yes, reserve: reserve as never } })
    expect(await create(note)).toMatchObject([{ code: 'quota_unavailable', status: 503 }])
    expect(told).toHaveLength(1)
  })

  test.each<[string, () => Promise<unknown>]>([
    ['fails', () => Promise.reject(new Error('away'))],
    ['answers what is no refusal', async () => ({ limit: 'weight' })],
  ])('that counts an upload and then %s is told that it does not begin', async (_, answer) => {
    const counted = new Set<string>()
    let mostCounted = 0
    const store: QuotaStore = {
      ...yes,
      reserve: async (account, { id }) => {
        mostCounted = counted.add(`${account} ${id}`).size
        return (await answer()) as never
      },
      release: async (account, id) => {
        counted.delete(`${account} ${id}`)
        throw new Error('away, too')
      },
    }
    const { create, told } = await openMount({ files: 9, store })
    expect(await create(note)).toMatchObject([{ code: 'quota_unavailable' }])
    expect([mostCounted, counted]).toEqual([1, new Set()])
    expect(told).toHaveLength(1)
  })

  test('that refuses, or fails where that lets uploads in, is asked to release nothing', async () => {
    const release = vi.fn(yes.release)
    const refusing = { ...yes, release, reserve: async () => ({ limit: 'files' }) as never }
    expect(await (await openMount({ files: 9, store: refusing })).create(note)).toMatchObject([over])
    const failing = { ...yes, release, reserve: () => Promise.reject(new Error('away')) }
    const lenient = await openMount({ files: 9, onStoreError: 'allow', store: failing })
    expect(await lenient.create(note)).toMatchObject([{ kind: 'form' }])
    expect(release).not.toHaveBeenCalled()
  })

  test.each([null, false, 'no', {}, { limit: 'storage' }, { limit: 'files', retryAfterSeconds: 'soon' }])(
    'that answers %j lets nobody in, also where its failures do',
    async (answer) => {
      const store = { ...yes, reserve: async () => answer as never }
      const { create } = await openMount({ files: 9, onStoreError: 'allow', store })
      expect(await create(note)).toMatchObject([{ code: 'quota_unavailable' }])
      const failing = { ...yes, reserve: () => Promise.reject(new Error('away')) }
      const lenient = await openMount({ files: 9, onStoreError: 'allow', store: failing })
      expect(await lenient.create(note)).toMatchObject([{ kind: 'form' }])
    },
  )

  test.each([
    [null, undefined],
    [1.5, 2],
    [-0.5, 1],
  ])('that refuses for %s seconds', async (retryAfterSeconds, retryAfter) => {
    const store = { ...yes, reserve: async () => ({ limit: 'files', retryAfterSeconds }) as never }
    const { create } = await openMount({ files: 9, onStoreError: 'allow', store })
    const [refused] = await create(note)
    expect(refused).toMatchObject(over)
    expect((refused as ErrorBody | undefined)?.retryAfter).toBe(retryAfter)
  })

  test('whose usage is no number tells nothing', async () => {
    const usage = async () => ({ files: '1', bytes: 0, unfinished: 0 }) as never
    const { config, quotaOf } = await openMount({ files: 9, store: { ...yes, usage } })
    expect(await config()).not.toHaveProperty('quota')
    await expect(quotaOf()).rejects.toMatchObject({ code: 'quota_unavailable' })
  })

  test('that fails after the upload fails no upload', async () => {
    const finish = () => {
      throw new Error('away')
    }
    const { create, abort, told } = await openMount({ files: 9, store: { ...yes, finish } })
    const [grant] = await create(note)
    expect(await abort(grant?.ticket ?? '')).toEqual([null])
    expect(told).toMatchObject([{ code: 'quota_unavailable' }])
  })
})

describe('what is left', () => {
  test('is told to whoever asks for it, and what counts to the host', async () => {
    const { create, abort, config, quotaOf } = await openMount({ files: 3, unfinished: 2 })
    expect((await config()).quota).toEqual({ files: 3, bytes: null, unfinished: 0 })
    const [grant] = await create(note)
    expect((await config()).quota).toEqual({ files: 2, bytes: null, unfinished: 1 })
    // S3 cannot take a signed form back: it goes on counting.
    await abort(grant?.ticket ?? '')
    expect((await config()).quota).toEqual({ files: 2, bytes: null, unfinished: 0 })
    expect(await quotaOf()).toEqual({ files: 1, bytes: 3, unfinished: 0 })
  })

  test('is never less than nothing', async () => {
    const generous = await openMount({ bytes: 100 })
    await generous.create({ ...note, size: 90 })
    const strict = await openMount({ bytes: 10 }, generous.user)
    expect((await strict.config()).quota).toEqual({ files: null, bytes: 0, unfinished: 1 })
  })

  test('is not told without a quota, or while it cannot be', async () => {
    const without = await openMount(undefined)
    expect(await without.config()).not.toHaveProperty('quota')
    expect(await without.quotaOf()).toBeUndefined()
    const usage = () => Promise.reject(new Error('away'))
    const failing = await openMount({
      files: 1,
      store: { reserve: async () => undefined, finish: async () => {}, release: async () => {}, usage },
    })
    expect(await failing.config()).not.toHaveProperty('quota')
    expect(failing.told).toMatchObject([{ code: 'quota_unavailable' }])
    await expect(failing.quotaOf()).rejects.toMatchObject({ code: 'quota_unavailable' })
  })
})

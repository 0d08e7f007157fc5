// New uploads, and those under way, while the Valkey that counts them is down and when it is back.
import { randomBytes } from 'node:crypto'
import { type ErrorBody, type Grant, PartwayError, type QuotaOptions } from '@partway/koa'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { startValkey } from '../../support/start-valkey.js'
import { multipart, openApp, sendAll } from '../native-client.js'
import { noValkey, onValkey } from '../quota/quota-backends.js'
import { listContents } from '../s3-contents.js'
import { post } from '../serve.js'

const MIB = 1024 ** 2
const film = { name: 'film.mp4', type: 'video/mp4', size: 6 * MIB }
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

/** A host whose quota of two files is counted in a Valkey of its own. */
async function openWithValkey(quota: QuotaOptions = {}) {
  const valkey = await startValkey()
  onTestFinished(valkey.stop)
  const redis = new Redis(valkey.url)
  onTestFinished(() => redis.disconnect())
  redis.on('error', () => undefined)
  const told: unknown[] = []
  const app = await openApp(s3, {
    quota: { files: 2, redis, timeoutMs: 300, ...quota },
    onError: (error) => void told.push(error),
  })
  onTestFinished(app.host.close)
  return {
    ...app,
    createAsCompanion: () => post<ErrorBody>(`${app.host.origin}/uploads/s3/multipart`, { filename: 'a' }),
    /** Codes of what reached `onError` and the host's log since this was last asked. */
    failures() {
      const codes = (errors: unknown[]) => errors.map((error) => error instanceof PartwayError && error.code)
      return { onError: codes(told.splice(0)), log: codes(app.host.errors.splice(0)) }
    },
    stop: valkey.stop,
    /** Starts another one, without its counts, on the same port. */
    async startAgain() {
      // Not events.once(): it takes a failed attempt to connect, of which there may be several, for the end.
      const ready = new Promise((resolve) => redis.once('ready', resolve))
      onTestFinished((await startValkey(['--port', String(valkey.port)])).stop)
      await ready
    },
  }
}

const unavailable = { code: 'quota_unavailable', status: 503, retryAfter: 5 }

describe.skipIf(noValkey)(`without Valkey (${onValkey})`, () => {
  test('nothing new begins, what is under way goes on, and afterwards all is well', async () => {
    const app = await openWithValkey()
    const { bucket, create, complete, abort, failures } = app
    const [wanted, unwanted] = (await create(film, film)) as [Grant, Grant]
    await app.stop()
    expect(await create(film, film)).toMatchObject([unavailable, unavailable])
    const { status, headers, body } = await app.createAsCompanion()
    expect([status, headers.get('retry-after'), body.code]).toEqual([503, '5', 'quota_unavailable'])
    const three = Array(3).fill('quota_unavailable')
    expect(failures()).toEqual({ onError: three, log: three })
    await sendAll(randomBytes(film.size), multipart(wanted))
    expect(await complete(wanted.ticket)).toMatchObject([{ key: wanted.key, size: film.size }])
    expect(await abort(unwanted.ticket)).toEqual([null])
    expect(failures()).toEqual({ onError: three.slice(1), log: three.slice(1) })
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [wanted.key], uploads: [] })

    await app.startAgain()
    const outcomes = await create(film, film, film)
    expect(outcomes.filter((outcome) => 'ticket' in outcome)).toHaveLength(2)
    expect(failures()).toMatchObject({ onError: ['quota_exceeded'], log: [] })
  })

  test("with onStoreError 'allow', uploads begin uncounted, and the host learns of each", async () => {
    const app = await openWithValkey({ onStoreError: 'allow' })
    await app.stop()
    const [first, second, third] = (await app.create(film, film, film)) as [Grant, Grant, Grant]
    const bytes = randomBytes(film.size)
    for (const grant of [first, second, third]) multipart(grant)
    const three = Array(3).fill('quota_unavailable')
    expect(app.failures()).toEqual({ onError: three, log: three })
    expect((await app.createAsCompanion()).status).toBe(200)

    await app.startAgain()
    await sendAll(bytes, multipart(first))
    expect(await app.complete(first.ticket)).toMatchObject([{ size: film.size }])
    expect(await app.abort(second.ticket)).toEqual([null])
    app.failures()
    const outcomes = await app.create(film, film, film)
    expect(outcomes.filter((outcome) => 'ticket' in outcome)).toHaveLength(2)
    expect(app.failures()).toEqual({ onError: ['quota_exceeded'], log: [] })
  })
})

// Uploads that the server finishes by itself, whatever became of their page.
import { createHash, randomBytes } from 'node:crypto'
import { partway } from '@partway/koa'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { journalKeys, objectKeys, unfinishedUploads } from '../../support/bucket-contents.js'
import { sha256OfObject } from '../../support/files.js'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, multipart, openApp, partOf, sendAll, sendForm, sendPart } from '../native-client.js'
import { secrets, serveApp, testOptions } from '../serve.js'

const MIB = 1024 ** 2
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const film = { name: 'film.mp4', type: 'video/mp4', size: 6 * MIB, idempotencyKey: '0123456789abcdef' }
const note = { name: 'note.txt', type: 'text/plain', size: 3 }
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
  // Node keeps the date of replies for a second, and the SDK would take the store's clock for wrong.
  Object.defineProperty(s3.client.config, 'systemClockOffset', { get: () => 0, set: () => {} })
})
afterAll(async () => {
  await s3.close()
})

// The clock is moved, and only that: the store is in this process, so it agrees.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms)

const nothing = { looked: 0, completed: 0, delivered: 0, aborted: 0, returned: 0 }

let apps = 0
/** In place of what makes one. */
const ownClient = (): object => ({
  client: s3.client,
  region: undefined,
  endpoint: undefined,
  credentials: undefined,
  forcePathStyle: undefined,
})

const open = async (more: object = {}) => {
  const seen: string[] = []
  const app = await openApp(s3, {
    quota: { files: 5, windowSeconds: 30 * 86_400, name: `finisher-${apps++}` },
    onComplete: ({ key, by }: { key: string; by: string }, ctx: unknown) =>
      void seen.push(`${by} ${ctx === undefined ? 'alone' : 'asked'} ${key}`),
    onAbort: ({ key, reason }: { key: string; reason: string }) => void seen.push(`${reason} ${key}`),
    ...ownClient(),
    ...more,
  })
  const { bucket, host } = app
  return {
    ...app,
    seen,
    finish: () => host.uploads.finish(),
    entries: () => journalKeys(s3.client, bucket),
    objects: () => objectKeys(s3.client, bucket),
    uploads: () => unfinishedUploads(s3.client, bucket),
    used: async () => (await host.uploads.quotaOf('ada'))?.files,
  }
}

describe.skipIf(process.env.S3_UNDER_TEST === 'ceph')(
  'with a clock that is moved (not on Ceph, which has its own)',
  () => {
    test('a large file whose page closed at 100 % is completed after a quiet minute, and the host hears of it', async () => {
      const { host, create, finish, seen, entries, bucket } = await open()
      const bytes = randomBytes(film.size)
      const grant = multipart((await create(film))[0])
      await sendAll(bytes, grant)
      expect(await finish()).toEqual(nothing)
      expect(seen).toEqual([])
      pass(MINUTE)
      expect(await finish()).toEqual({ ...nothing, looked: 1, completed: 1, delivered: 1 })
      expect(seen).toEqual([`finisher alone ${grant.key}`])
      expect(await sha256OfObject(s3.client, bucket, grant.key)).toBe(
        createHash('sha256').update(bytes).digest('hex'),
      )
      expect(await entries()).toEqual([])
      pass(MINUTE)
      expect(await finish()).toEqual(nothing)
      await host.close()
    })

    test('a part is missing: nothing happens until nobody can go on with it', async () => {
      const { host, create, finish, seen, entries, uploads, used } = await open()
      const grant = multipart((await create(film))[0])
      const [part] = grant.parts
      if (part) await sendPart(part, partOf(randomBytes(film.size), grant, 1))
      pass(6 * DAY)
      expect(await finish()).toEqual({ ...nothing, looked: 1 })
      expect(multipart((await create(film))[0]).stored).toHaveLength(1)
      pass(2 * DAY)
      expect(await finish()).toEqual({ ...nothing, looked: 1, aborted: 1 })
      expect(seen).toEqual([`expired ${grant.key}`])
      expect([await entries(), await uploads(), await used()]).toEqual([[], [], 0])
      await host.close()
    })

    test('small files whose page closed before it could say so are delivered; those that never came give their place back', async () => {
      const { host, create, finish, seen, entries, objects, used } = await open()
      const grants = await create(note, note, note)
      for (const grant of grants.slice(0, 2)) await sendForm(grant, Buffer.from('abc'))
      pass(MINUTE)
      expect(await finish()).toEqual({ ...nothing, looked: 3, delivered: 2 })
      const keys = grants.slice(0, 2).map(({ key }) => key)
      expect(seen.toSorted()).toEqual(keys.map((key) => `finisher alone ${key}`).toSorted())
      expect(await used()).toBe(3)
      pass(30 * MINUTE)
      expect(await finish()).toEqual({ ...nothing, looked: 1 })
      pass(37 * MINUTE)
      expect(await finish()).toEqual({ ...nothing, looked: 1, returned: 1 })
      expect([await entries(), await used()]).toEqual([[], 2])
      expect((await objects()).toSorted()).toEqual(keys.toSorted())
      await host.close()
    })

    test('what its page has completed in part is not delivered twice', async () => {
      const { host, create, complete, finish, seen, entries } = await open()
      const grants = await create(note, note)
      for (const grant of grants) await sendForm(grant, Buffer.from('abc'))
      await complete(grants[0]?.ticket ?? '')
      expect(await entries()).toHaveLength(2)
      pass(MINUTE)
      expect(await finish()).toEqual({ ...nothing, looked: 1, delivered: 1 })
      expect(seen).toEqual([`page asked ${grants[0]?.key}`, `finisher alone ${grants[1]?.key}`])
      expect(await entries()).toEqual([])
      await host.close()
    })

    test('a small file that arrives after it was cancelled does not stay, and counts until it cannot arrive any more', async () => {
      const { host, create, abort, finish, seen, objects, entries, used } = await open()
      const [grant] = await create(note)
      if (!grant) throw new Error('not granted')
      await abort(grant.ticket)
      expect(await used()).toBe(1)
      expect(await sendForm(grant, Buffer.from('abc'))).toBe(204)
      pass(MINUTE)
      await finish()
      expect([await objects(), seen]).toEqual([[], [`cancelled ${grant.key}`]])
      pass(67 * MINUTE)
      expect(await finish()).toEqual({ ...nothing, looked: 1, returned: 1 })
      expect([await entries(), await used()]).toEqual([[], 0])
      await host.close()
    })

    test('a file of another content than was promised is never delivered', async () => {
      const { host, create, finish, seen, objects, entries } = await open()
      const md5 = createHash('md5').update('abc').digest('base64')
      const [grant] = await create({ ...note, md5 })
      if (grant?.kind !== 'form') throw new Error('no form')
      // S3 verifies it; a store that does not is what the second look is for.
      expect(await sendForm(grant, Buffer.from('xyz'))).toBe(400)
      pass(67 * MINUTE)
      expect(await finish()).toEqual({ ...nothing, looked: 1, returned: 1 })
      expect([seen, await objects(), await entries()]).toEqual([[`expired ${grant.key}`], [], []])
      await host.close()
    })

    test('what another browser goes on with is left to its pages: their files may differ', async () => {
      const { host, create, complete, finish, seen, entries } = await open()
      const bytes = randomBytes(film.size)
      await create(film)
      const other = client(host, 'ada', 'another browser of ada')
      const [listed] = (await other.unfinished()).uploads
      if (!listed) throw new Error('It is not listed')
      const { signed = [] } = await other.parts(listed.ticket, { sign: true })
      const grant = multipart((await create(film))[0])
      await sendAll(bytes, { ...grant, parts: signed })
      pass(2 * MINUTE)
      expect(await finish()).toEqual({ ...nothing, looked: 1 })
      expect(await complete(listed.ticket)).toMatchObject([{ key: grant.key }])
      expect(seen).toEqual([`page asked ${grant.key}`])
      expect(await entries()).toEqual([])
      await host.close()
    })

    test('what the host’s hook returns is for pages: no JSON is no failure here', async () => {
      const { host, create, finish, entries } = await open({ onComplete: () => ({ videoId: 7n }) })
      const [grant] = await create(note)
      if (grant) await sendForm(grant, Buffer.from('abc'))
      pass(MINUTE)
      expect(await finish()).toEqual({ ...nothing, looked: 1, delivered: 1 })
      expect(await entries()).toEqual([])
      await host.close()
    })

    test('the host’s hook fails: the object stays, and it is told again', async () => {
      let isDown = true
      const heard: string[] = []
      const failures: unknown[] = []
      const { host, create, finish, entries } = await open({
        onComplete: ({ key }: { key: string }) => {
          if (isDown) throw new Error('the database is down')
          heard.push(key)
        },
        onError: (_: unknown, { operation }: { operation: string }) => void failures.push(operation),
      })
      const grant = multipart((await create(film))[0])
      await sendAll(randomBytes(film.size), grant)
      pass(MINUTE)
      expect(await finish()).toEqual({ ...nothing, looked: 1 })
      expect(failures).toEqual(['finish.file'])
      isDown = false
      pass(MINUTE)
      expect(await finish()).toEqual({ ...nothing, looked: 1, delivered: 1 })
      expect([heard, await entries()]).toEqual([[grant.key], []])
      await host.close()
    })

    test('content that the host refuses is deleted, and the host hears why', async () => {
      const failures: string[] = []
      const { host, create, finish, seen, objects, entries } = await open({
        onVerify: () => ({ refuse: 'No films today.' }),
        onError: (error: Error, { operation }: { operation: string }) =>
          void failures.push(`${operation}: ${error.message}`),
      })
      const grant = multipart((await create(film))[0])
      await sendAll(randomBytes(film.size), grant)
      pass(MINUTE)
      expect(await finish()).toEqual({ ...nothing, looked: 1 })
      expect(failures).toEqual(['finish.file: No films today.'])
      expect([seen, await objects(), await entries()]).toEqual([[], [], []])
      await host.close()
    })

    test('two servers, a page, and all at the same moment: one object, of which the host hears', async () => {
      const { host, create, complete, seen, objects, entries } = await open()
      const grant = multipart((await create(film))[0])
      await sendAll(randomBytes(film.size), grant)
      pass(2 * MINUTE)
      await Promise.all([host.uploads.finish(), complete(grant.ticket), complete(grant.ticket)])
      expect(await objects()).toEqual([grant.key])
      expect(new Set(seen.map((each) => each.split(' ').at(-1)))).toEqual(new Set([grant.key]))
      pass(15 * MINUTE)
      await host.uploads.finish()
      expect(await entries()).toEqual([])
      await host.close()
    })

    test('a page that cancels at the same moment: either an object of which the host has heard, or nothing', async () => {
      for (let round = 0; round < 10; round++) {
        const { host, create, abort, seen, objects, entries, finish } = await open()
        const grants = [...(await create({ ...film })), ...(await create(note))]
        await sendAll(randomBytes(film.size), multipart(grants[0]))
        if (grants[1]) await sendForm(grants[1], Buffer.from('abc'))
        pass(2 * MINUTE)
        await Promise.all([finish(), abort(...grants.map(({ ticket }) => ticket))])
        pass(70 * MINUTE)
        await finish()
        pass(16 * MINUTE)
        await finish()
        expect(await entries()).toEqual([])
        for (const { key } of grants) {
          const heard = seen.filter((each) => each.endsWith(key)).at(-1)
          expect(heard?.startsWith('finisher')).toBe((await objects()).includes(key))
        }
        await host.close()
      }
    })

    test('uploads of another mount are for its own server; a mount with a name knows them before any request', async () => {
      const { host, create, bucket } = await open()
      const grant = multipart((await create(film))[0])
      await sendAll(randomBytes(film.size), grant)
      pass(MINUTE)
      const heard: string[] = []
      const onComplete = ({ key }: { key: string }) => void heard.push(key)
      const more = { ...ownClient(), onComplete, finishEverySeconds: 0 }
      const named = partway({ ...testOptions(s3, bucket, more), name: 'films' })
      expect(await named.finish()).toEqual(nothing)
      const unknown = partway(testOptions(s3, bucket, more))
      await expect(unknown.finish()).rejects.toThrow(/options name and secrets/)
      await host.close()

      const app = await serveApp(
        testOptions(s3, bucket, { ...ownClient(), name: 'films', partSize: 5 * MIB } as object),
      )
      const answer = await fetch(`${app.origin}/uploads/create`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-user': 'ada' },
        body: JSON.stringify({ files: [film] }),
      })
      const { uploads } = (await answer.json()) as { uploads: [Parameters<typeof multipart>[0]] }
      await sendAll(randomBytes(film.size), multipart(uploads[0]))
      await app.close()
      pass(MINUTE)
      expect(await named.finish()).toEqual({ ...nothing, looked: 1, completed: 1, delivered: 1 })
      expect(heard).toHaveLength(1)
      await Promise.all([named.close(), unknown.close()])
    })

    test('an entry that no secret opens is left, and named', async () => {
      const { host, create, bucket, entries } = await open({ name: 'films' })
      await create(film)
      await host.close()
      pass(MINUTE)
      const failures: string[] = []
      const errors: unknown[] = []
      const other = partway({
        ...testOptions(s3, bucket, {
          ...ownClient(),
          name: 'films',
          secrets: ['another secret, which is long enough, too'],
          finishEverySeconds: 0,
          onError: (error: unknown) => void failures.push(String(error)),
        }),
      })
      process.once('warning', (warning) => errors.push(warning))
      expect(await other.finish()).toEqual(nothing)
      const [path] = await entries()
      expect(failures.join()).toContain(path?.replace('.partway/', ''))
      expect(await entries()).toEqual([path])
      await other.close()
    })

    test('with new secrets in front, what was begun before goes on', async () => {
      const { host, create, bucket, seen } = await open({ name: 'films' })
      const grant = multipart((await create(film))[0])
      await sendAll(randomBytes(film.size), grant)
      await host.close()
      pass(MINUTE)
      const rotated = partway({
        ...testOptions(s3, bucket, {
          ...ownClient(),
          name: 'films',
          secrets: ['another secret, which is long enough, too', ...secrets],
          onComplete: ({ key }) => void seen.push(key),
        }),
      })
      expect(await rotated.finish()).toMatchObject({ completed: 1 })
      expect(seen).toEqual([grant.key])
      await rotated.close()
    })
  },
)

test('a signal ends a look', async () => {
  const { host, create } = await open()
  await create(film)
  const reason = new Error('enough')
  await expect(host.uploads.finish({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  await host.close()
})

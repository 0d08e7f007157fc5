// The journal on S3: who writes first, whose an entry is, what is beside it, and where all of it is.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Entry } from '../../../server/core/src/journal/entry.js'
import { nameInParts, nameShared, ownerFolder } from '../../../server/core/src/journal/entry-names.js'
import { Journal } from '../../../server/core/src/journal/journal.js'
import { SdkS3 } from '../../../server/core/src/s3/sdk-s3.js'
import { deriveKeys } from '../../../server/core/src/tickets/secrets.js'
import { journalKeys, objectKeys } from '../../support/bucket-contents.js'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { fakeService, multipart, single } from '../fake-service.js'
import { openApp, sendForm } from '../native-client.js'

const { journal: keys } = await deriveKeys(['a secret of thirty-two characters or more'])
const folder = ownerFolder('p'.repeat(22), 'a mount', 'ada')
const inParts = folder + nameInParts('a file', 'a decision')
const together = folder + nameShared('a call')
let s3: S3UnderTest
let bucket: string
let journal: Journal

beforeAll(async () => {
  s3 = await openS3()
})
beforeEach(async () => {
  bucket = await createBucket(s3.client)
  journal = new Journal(new SdkS3(s3.client, 60_000), { bucket, prefix: '.partway/', keys })
})
afterAll(async () => {
  await s3.close()
})

const described = { name: 'a', type: '', metadata: {} }
const entryOf = (...ids: string[]): Entry => ({
  mount: 'a mount',
  uploads: ids.map((id) => {
    const { entry: _, ...ticket } = ids.length === 1 ? { ...multipart, id } : { ...single, id }
    return { ...described, ticket }
  }),
})
const upload = (path: string, id: string, index = 0, count = 1) => ({ id, entry: { path, index, count } })
const paths = async () => (await journalKeys(s3.client, bucket)).map((key) => key.slice('.partway/'.length))

describe('an entry', () => {
  test('is written by one of those who write at the same moment, and replaced by one of those who saw it', async () => {
    const ids = ['1', '2', '3', '4']
    const written = await Promise.all(ids.map((id) => journal.write(inParts, entryOf(id))))
    expect(written.filter(Boolean)).toHaveLength(1)
    const found = await journal.read(inParts)
    if (typeof found !== 'object') throw new Error('nothing was written')
    expect(found).toEqual({ ...entryOf(ids[written.indexOf(true)] ?? ''), path: inParts, etag: found.etag })
    const replaced = await Promise.all(
      ids.map((id) => journal.write(inParts, { ...entryOf(id), joined: true }, found)),
    )
    expect(replaced.filter(Boolean)).toHaveLength(1)
    expect(await journal.write(inParts, entryOf('5'), found)).toBe(false)
  })

  test.each([
    ['a repetition found it in the way', async () => false],
    [
      'no reply came',
      async () => {
        throw new Error('no reply')
      },
    ],
  ])('is written, although %s', async (_, put) => {
    let body = ''
    const { service } = fakeService({
      put: async (_object, text) => {
        body = text
        return await put()
      },
      read: async () => ({ body, etag: '"e"', storedAt: 0 }),
    })
    expect(await service.journal.write(inParts, entryOf('1'))).toBe(true)
  })

  test('that was not written is not: the failure is told', async () => {
    const put = async () => {
      throw new Error('no reply')
    }
    const { service } = fakeService({ put })
    await expect(service.journal.write(inParts, entryOf('1'))).rejects.toThrow('no reply')
  })

  test('goes with its upload, and never with the one before it', async () => {
    await journal.write(inParts, entryOf('next'))
    await journal.settle([upload(inParts, 'before')])
    expect(await paths()).toEqual([inParts])
    expect(await journal.hasEnded(upload(inParts, 'before'))).toBe(true)
    expect(await journal.hasEnded(upload(inParts, 'next'))).toBe(false)
    await journal.settle([upload(inParts, 'next')])
    expect([await paths(), await journal.exists(inParts)]).toEqual([[], false])
    await journal.settle([upload(inParts, 'next')])
  })

  test('of several stays until all have ended; a mark says which have', async () => {
    await journal.write(together, entryOf('1', '2', '3'))
    const [first, second, third] = ['1', '2', '3'].map((id, index) => upload(together, id, index, 3))
    if (!first || !second || !third) throw new Error('there are three')
    await journal.settle([first, third])
    expect(await paths()).toEqual([together, `${together}.5`])
    const ended = async () => await Promise.all([first, second, third].map((each) => journal.hasEnded(each)))
    expect(await ended()).toEqual([true, false, true])
    // By a page whose reply was lost.
    await journal.settle([first, third])
    expect(await paths()).toHaveLength(2)
    await journal.settle([first, second, third])
    expect(await journal.exists(together)).toBe(false)
  })
})

describe('a claim', () => {
  const [one, other] = [upload(together, '1', 0, 3), upload(together, '2', 1, 3)]

  test('is of who is first: of two that deliver, one does; who cancels may do so again', async () => {
    const claims = await Promise.all([journal.claim(one, 'deliver'), journal.claim(one, 'deliver')])
    expect(claims.toSorted()).toEqual([false, true])
    expect(await journal.claim(one, 'cancel')).toBe(false)
    expect(await journal.isCancelled(one)).toBe(false)
    await journal.unclaim(one)
    expect(await journal.claim(one, 'cancel')).toBe(true)
    expect(await journal.claim(one, 'cancel')).toBe(true)
    expect(await journal.claim(one, 'deliver')).toBe(false)
    expect(await journal.isCancelled(one)).toBe(true)
  })

  test('is of one upload', async () => {
    await journal.claim(one, 'cancel')
    expect(await journal.claim(other, 'deliver')).toBe(true)
    expect(await journal.isCancelled(other)).toBe(false)
  })

  test('to deliver that is old is of one that has crashed', async () => {
    const minutesAgo = (minutes: number) => ({
      put: async () => false,
      read: async () => ({ body: 'deliver', etag: '"e"', storedAt: Date.now() - minutes * 60_000 }),
    })
    const claimAfter = (minutes: number) =>
      fakeService(minutesAgo(minutes)).service.journal.claim(one, 'deliver')
    expect([await claimAfter(9), await claimAfter(11)]).toEqual([false, true])
  })
})

test('a list has all pages, in order, from where it is asked on', async () => {
  const keysOf = (count: number) => Array.from({ length: count }, (_, index) => `a/${1000 + index}`)
  const stored = keysOf(2500)
  const { service } = fakeService({
    listPage: async (_bucket, prefix, after = '') => {
      const behind = stored.filter((key) => `.partway/${key}` > after && `.partway/${key}`.startsWith(prefix))
      const objects = behind
        .slice(0, 1000)
        .map((key) => ({ key: `.partway/${key}`, modifiedAt: 0, etag: '"e"' }))
      return { objects, isLast: behind.length <= 1000 }
    },
  })
  const list = async (start: string, after?: string) => {
    const listed: string[] = []
    for await (const { key } of service.journal.list(start, after)) listed.push(key)
    return listed
  }
  expect(await list('a/')).toEqual(stored)
  expect(await list('a/', 'a/3000')).toEqual(stored.slice(2001))
  expect(await list('b/')).toEqual([])
})

test.each([
  ['another bucket', (other: string) => ({ bucket: other }), '.partway/'],
  [
    'another bucket, below another prefix',
    (other: string) => ({ bucket: other, prefix: 'uploads/' }),
    'uploads/',
  ],
])('all of it is in %s', async (_, place, prefix) => {
  const other = await createBucket(s3.client)
  const app = await openApp(s3, { journal: place(other) })
  const small = { name: 'a', type: '', size: 3 }
  const [grant, , large] = await app.create(small, small, { ...small, size: 6 * 1024 ** 2 })
  if (!grant || !large) throw new Error('three grants were expected')
  await sendForm(grant, Buffer.from('abc'))
  const kept = async () => [...(await journalKeys(s3.client, other)), ...(await objectKeys(s3.client, other))]
  expect((await kept()).filter((key) => key.startsWith(prefix))).toHaveLength(2)
  expect(await kept()).toHaveLength(2)
  expect(await app.unfinished()).toMatchObject({ uploads: [{ key: large.key }] })
  await app.complete(grant.ticket)
  expect(await kept()).toHaveLength(3)
  await app.abort(large.ticket)
  expect(await kept()).toHaveLength(2)
  expect(await journalKeys(s3.client, app.bucket)).toEqual([])
  expect(await objectKeys(s3.client, app.bucket)).toEqual([grant.key])
  await app.host.close()
})

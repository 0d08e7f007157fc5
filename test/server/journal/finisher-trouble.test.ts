// The finisher where something is wrong: an entry, S3, a hook, another server at the same moment, a look that is cut short.

import { partway } from '@partway/koa'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { multipart, sendAll, sendForm } from '../native-client.js'
import { call, serve, testOptions } from '../serve.js'
import {
  DAY,
  film,
  films,
  keepClock,
  MINUTE,
  meddleS3,
  note,
  openTroubled,
  s3Failure,
  signpost,
  useMovedClock,
} from './troubled-app.js'

let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
  keepClock(s3.client)
})
afterAll(async () => {
  await s3.close()
})

const content = Buffer.from('abcdef')

describe.skipIf(process.env.S3_UNDER_TEST === 'ceph')(
  'with a clock that is moved (not on Ceph, which has its own)',
  () => {
    const pass = useMovedClock()

    test.each([
      ['read', 'GetObjectCommand', 3],
      ['deleted', 'DeleteObjectCommand', 4],
    ])('an entry that cannot be %s keeps none of the others', async (_, command, delivered) => {
      const { host, create, finish, heard, meddling, entries } = await openTroubled(s3)
      for (const grant of await create(...films(4))) await sendAll(content, multipart(grant))
      const [denied = ''] = await entries()
      meddling.before = (call) => {
        if (call.command === command && call.key === denied) throw s3Failure('AccessDenied', 403)
      }
      pass(MINUTE)
      await finish()
      expect(heard()).toHaveLength(delivered)
      expect((await entries()).filter((path) => !path.startsWith(denied))).toEqual([])
      await host.close()
    })

    test('one that takes long holds up none of the others', async () => {
      const oneIsHeard = signpost()
      const { host, create, finish, meddling } = await openTroubled(s3, { onComplete: oneIsHeard.reach })
      for (const grant of await create(...films(2))) await sendAll(content, multipart(grant))
      let isFirst = true
      meddling.before = async ({ command }) => {
        if (command !== 'GetObjectCommand' || !isFirst) return
        isFirst = false
        await oneIsHeard.reached
      }
      pass(MINUTE)
      expect(await finish()).toMatchObject({ delivered: 2 })
      await host.close()
    })

    test.each([
      ['in parts', film],
      ['in one request', note],
    ])('of a file %s, the host hears from one of two servers', async (_, file) => {
      const heard: string[] = []
      const [oneIsTelling, mayEnd] = [signpost(), signpost()]
      const { host, create, finish, another } = await openTroubled(s3, {
        async onComplete({ key }) {
          heard.push(key)
          oneIsTelling.reach()
          await mayEnd.reached
        },
      })
      const [grant] = await create(file)
      if (grant?.kind === 'multipart') await sendAll(content, grant)
      else if (grant) await sendForm(grant, content.subarray(0, note.size))
      const other = another({ onComplete: ({ key }) => void heard.push(key) })
      pass(2 * MINUTE)
      const finishing = finish()
      await oneIsTelling.reached
      await other.uploads.finish()
      mayEnd.reach()
      await finishing
      expect(heard).toEqual([grant?.key])
      await Promise.all([host.close(), other.uploads.close()])
    })

    test('close() waits for the hooks that have begun, and begins no other; another server does the rest', async () => {
      const [begun, ended]: string[][] = [[], []]
      const [eightHaveBegun, mayEnd] = [signpost(), signpost()]
      const { host, create, another, finish, objects } = await openTroubled(s3, {
        async onComplete({ key }): Promise<void> {
          if (begun?.push(key) === 8) eightHaveBegun.reach()
          await mayEnd.reached
          // Takes its time.
          await objects()
          ended?.push(key)
        },
      })
      const grants = await create(...Array(20).fill(note))
      for (const grant of grants) await sendForm(grant, content.subarray(0, note.size))
      pass(MINUTE)
      const looking = finish().catch((reason: Error) => reason.name)
      await eightHaveBegun.reached
      const closed = host.uploads.close()
      mayEnd.reach()
      await closed
      expect([begun?.length, ended?.length]).toEqual([8, 8])
      expect(await looking).toBe('AbortError')
      const other = another({ onComplete: ({ key }) => void ended?.push(key) })
      await other.uploads.finish()
      expect(ended?.toSorted()).toEqual(grants.map(({ key }) => key).toSorted())
      await Promise.all([host.close(), other.uploads.close()])
    })

    test('looks that are cut short come to every entry in the end', async () => {
      const { host, create, unfinished, another } = await openTroubled(s3)
      const grants = await create(...films(20))
      const last = (await unfinished()).uploads.at(-1)
      await sendAll(content, multipart(grants.find(({ key }) => key === last?.key)))
      pass(2 * MINUTE)
      const heard: string[] = []
      for (let look = 0; look < 100 && heard.length === 0; look++) {
        const { uploads, meddling } = another({ onComplete: ({ key }) => void heard.push(key) })
        const enough = new AbortController()
        meddling.before = () => {
          if (meddling.calls.length === 12) enough.abort()
        }
        await expect(uploads.finish({ signal: enough.signal })).rejects.toThrow()
        await uploads.close()
      }
      expect(heard).toEqual([last?.key])
      await host.close()
    })

    test('whoever waits for the look of another need not wait to its end', async () => {
      const { host, create, meddling, finish } = await openTroubled(s3)
      await create(film)
      const [isLooking, mayEnd] = [signpost(), signpost()]
      meddling.before = async () => {
        isLooking.reach()
        await mayEnd.reached
      }
      pass(MINUTE)
      const looking = finish()
      await isLooking.reached
      const enough = new AbortController()
      const waiting = host.uploads.finish({ signal: enough.signal })
      enough.abort(new Error('enough'))
      await expect(waiting).rejects.toThrow('enough')
      mayEnd.reach()
      expect(await looking).toMatchObject({ looked: 1 })
      await host.close()
    })

    test('what fails is in the host’s log', async () => {
      const failure = new Error('the database is down')
      const { host, create, finish } = await openTroubled(s3, {
        onComplete() {
          throw failure
        },
      })
      await sendAll(content, multipart((await create(film))[0]))
      pass(MINUTE)
      await finish()
      expect(host.errors).toMatchObject([{ code: 'hook_failed', cause: { cause: failure } }])
      await host.close()
    })

    test('an onAbort that fails is called again', async () => {
      let calls = 0
      const { host, create, finish } = await openTroubled(s3, {
        onAbort() {
          if (calls++ === 0) throw new Error('the database is down')
        },
      })
      await create(film)
      pass(8 * DAY)
      for (let look = 0; look < 3; look++, pass(DAY)) await finish()
      expect(calls).toBe(2)
      await host.close()
    })

    test('strangers do not make it forget a mount, however many paths they call', async () => {
      const { host, bucket, create } = await openTroubled(s3, { name: undefined } as object)
      const grant = multipart((await create(film))[0])
      await sendAll(content, grant)
      await host.close()
      const heard: string[] = []
      const onComplete = ({ key }: { key: string }) => void heard.push(key)
      const own = { ...meddleS3(s3).options, finishEverySeconds: 0, onComplete }
      const uploads = partway(testOptions(s3, bucket, own))
      const app = new Koa()
      app.use(async (ctx, next) => {
        ctx.path = ctx.path.replace(/^\/tenants\/\d+/, '')
        await next()
      })
      const { origin, close } = await serve(app.use(uploads).callback())
      expect(await call(`${origin}/uploads/config`)).toMatchObject({ status: 200 })
      for (let tenant = 0; tenant < 100; tenant++) {
        const answer = await call(`${origin}/tenants/${tenant}/uploads/config`, { headers: {} })
        expect(answer.status).toBe(401)
      }
      pass(MINUTE)
      await uploads.finish()
      expect(heard).toEqual([grant.key])
      await close()
      await uploads.close()
    })
  },
)

test('after close(), S3 is asked for nothing', async () => {
  const { host, create, finish, meddling } = await openTroubled(s3)
  await create(note)
  await host.uploads.close()
  meddling.calls.length = 0
  await expect(finish()).rejects.toThrow()
  expect(meddling.calls).toEqual([])
  await host.close()
})

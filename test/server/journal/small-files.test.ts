// Files in one request: their pages complete and cancel them while the finisher looks, and one call may have many.
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { sendForm } from '../native-client.js'
import {
  HOUR,
  keepClock,
  type Meddling,
  MINUTE,
  note,
  openTroubled,
  s3Failure,
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

const content = Buffer.from('abc')

test('one that is complete stays, though its page cancels it then', async () => {
  const { host, create, complete, abort, heard, objects } = await openTroubled(s3)
  const grants = await create(note, note)
  const [{ ticket, key } = { ticket: '', key: '' }] = grants
  for (const grant of grants) await sendForm(grant, content)
  await complete(ticket)
  await abort(ticket)
  expect(heard()).toEqual([`page ${key}`])
  expect(await objects()).toContain(key)
  await host.close()
})

test('one of the call was refused: the journal forgets the others with the last', async () => {
  const { host, create, complete, entries } = await openTroubled(s3, { limits: { types: ['text/plain'] } })
  const [one, , other] = await create(note, { ...note, type: 'image/png' }, note)
  if (!one || !other) throw new Error('not granted')
  for (const grant of [one, other]) await sendForm(grant, content)
  await complete(one.ticket, other.ticket)
  expect(await entries()).toEqual([])
  await host.close()
})

test('that one stays in the journal keeps none of the others there', async () => {
  const { host, create, complete, meddling, entries } = await openTroubled(s3)
  const grants = [...(await create(note)), ...(await create(note)), ...(await create(note))]
  for (const grant of grants) await sendForm(grant, content)
  let isFirst = true
  meddling.before = ({ command }) => {
    if (command !== 'DeleteObjectCommand' || !isFirst) return
    isFirst = false
    throw s3Failure('SlowDown', 503)
  }
  const completed = await complete(...grants.map(({ ticket }) => ticket))
  expect(completed).toMatchObject(grants.map(({ key }) => ({ key })))
  expect(await entries()).toHaveLength(1)
  await host.close()
})

describe.skipIf(process.env.S3_UNDER_TEST === 'ceph')(
  'with a clock that is moved (not on Ceph, which has its own)',
  () => {
    const pass = useMovedClock()

    /** Once it has listed the journal. */
    const whileItLooks = (meddling: Meddling, act: () => Promise<unknown>) => {
      meddling.before = async ({ command, key }) => {
        if (command !== 'GetObjectCommand' || !key.startsWith('.partway/')) return
        meddling.before = undefined
        await act()
      }
    }

    test('its page completes one of two: the host hears once', async () => {
      const { host, create, complete, finish, meddling, heard } = await openTroubled(s3)
      const [grant] = await create(note, note)
      if (!grant) throw new Error('not granted')
      await sendForm(grant, content)
      pass(MINUTE)
      whileItLooks(meddling, () => complete(grant.ticket))
      await finish()
      expect(heard()).toEqual([`page ${grant.key}`])
      await host.close()
    })

    test('its page completes one of two late, and the host moves it: it goes on counting', async () => {
      const { host, bucket, create, complete, finish, meddling, heard, used } = await openTroubled(s3)
      const [grant] = await create(note, note)
      if (!grant) throw new Error('not granted')
      await sendForm(grant, content)
      pass(2 * HOUR)
      whileItLooks(meddling, async () => {
        await complete(grant.ticket)
        await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: grant.key }))
      })
      await finish()
      expect(heard().filter((each) => each.endsWith(grant.key))).toEqual([`page ${grant.key}`])
      expect(await used()).toBe(1)
      await host.close()
    })

    test.each(['page', 'finisher'] as const)(
      'its %s completes one that it is about to cancel: the object stays',
      async (by) => {
        const { host, create, complete, abort, finish, meddling, heard, objects } = await openTroubled(s3)
        const [grant] = await create(note)
        if (!grant) throw new Error('not granted')
        await sendForm(grant, content)
        pass(MINUTE)
        meddling.before = async ({ command, key }) => {
          if (command !== 'PutObjectCommand' || !key.includes('.claim-')) return
          meddling.before = undefined
          if (by === 'page') await complete(grant.ticket)
          else await finish()
        }
        await abort(grant.ticket)
        expect(heard()).toEqual([`${by} ${grant.key}`])
        expect(await objects()).toEqual([grant.key])
        await host.close()
      },
    )

    test('one that was cancelled arrives, and its page completes it: the host hears last of what is there', async () => {
      const { host, create, complete, abort, finish, meddling, heard, objects } = await openTroubled(s3)
      const [grant] = await create(note, note)
      if (!grant) throw new Error('not granted')
      await abort(grant.ticket)
      await sendForm(grant, content)
      pass(MINUTE)
      whileItLooks(meddling, () => complete(grant.ticket))
      await finish()
      expect(heard()).toEqual([`cancelled ${grant.key}`, `page ${grant.key}`])
      expect(await objects()).toEqual([grant.key])
      await host.close()
    })
  },
)

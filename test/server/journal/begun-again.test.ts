// A file that is added again by somebody else, or after its time.
import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3'
import type { CreateReply, Grant } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unfinishedUploads } from '../../support/bucket-contents.js'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, multipart, sendAll } from '../native-client.js'
import { post } from '../serve.js'
import { film, HOUR, keepClock, MINUTE, openTroubled, useMovedClock } from './troubled-app.js'

let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
  keepClock(s3.client)
})
afterAll(async () => {
  await s3.close()
})

const content = Buffer.from('abcdef')

test('by another browser, and the first one ends it: the journal forgets it', async () => {
  const { host, create, complete, abort, heard, entries } = await openTroubled(s3)
  const other = client(host, 'ada', 'another browser of ada')
  const completed = multipart((await create(film))[0])
  expect(await other.create(film)).toMatchObject([{ key: completed.key }])
  await sendAll(content, completed)
  await complete(completed.ticket)
  const aborted = multipart((await create(film))[0])
  expect(await other.create(film)).toMatchObject([{ key: aborted.key }])
  await abort(aborted.ticket)
  expect(heard()).toEqual([`page ${completed.key}`, `cancelled ${aborted.key}`])
  expect(await entries()).toEqual([])
  await host.close()
})

test('by strangers who do not tell their browser: an upload each', async () => {
  const { host } = await openTroubled(s3, { owner: 'anonymous' })
  const create = () =>
    post<{ uploads: [{ key: string }] }>(`${host.origin}/uploads/create`, { files: [film] })
  const [one, other] = [await create(), await create()]
  expect(other.body.uploads[0].key).not.toBe(one.body.uploads[0].key)
  await host.close()
})

describe.skipIf(process.env.S3_UNDER_TEST === 'ceph')(
  'with a clock that is moved (not on Ceph, which has its own)',
  () => {
    const pass = useMovedClock()

    test('by another browser, after the server has read its entry: it is left to its pages', async () => {
      const { host, create, finish, meddling, heard } = await openTroubled(s3)
      await sendAll(content, multipart((await create(film))[0]))
      pass(2 * MINUTE)
      meddling.before = async ({ command }) => {
        if (command !== 'ListPartsCommand') return
        meddling.before = undefined
        await client(host, 'ada', 'another browser of ada').create(film)
      }
      await finish()
      expect(heard()).toEqual([])
      await host.close()
    })

    test('by pages that do not tell their browser: it is left to them', async () => {
      const { host, finish, heard } = await openTroubled(s3)
      const create = () =>
        post<CreateReply>(`${host.origin}/uploads/create`, { files: [film] }, { 'x-user': 'ada' })
      await create()
      const { body } = await create()
      await sendAll(content, multipart(body.uploads[0] as Grant))
      pass(2 * MINUTE)
      await finish()
      expect(heard()).toEqual([])
      await host.close()
    })

    test('after its time, and it is whole, and the host’s hook fails: it is called once, and the page has another upload', async () => {
      let calls = 0
      const { host, create } = await openTroubled(s3, {
        ticketExpiresInSeconds: 3600,
        onComplete() {
          calls++
          throw new Error('the database is down')
        },
      })
      const grant = multipart((await create(film))[0])
      await sendAll(content, grant)
      pass(2 * HOUR)
      const again = multipart((await create(film))[0])
      expect(again.key).not.toBe(grant.key)
      expect(calls).toBe(1)
      await host.close()
    })

    test('after its time, while parts of it are new: the page has another upload, and the first is not lost', async () => {
      const { host, create, finish, heard } = await openTroubled(s3, { ticketExpiresInSeconds: 60 })
      const grant = multipart((await create(film))[0])
      pass(MINUTE)
      await sendAll(content, grant)
      expect(multipart((await create(film))[0]).key).not.toBe(grant.key)
      pass(MINUTE)
      await finish()
      expect(heard()).toContain(`finisher ${grant.key}`)
      await host.close()
    })

    test('while the finisher ends the upload before: what was decided of that says nothing of the next one', async () => {
      const app = await openTroubled(s3)
      const { host, bucket, create, finish, heard, entries, used, meddling } = app
      const first = multipart((await create(film))[0])
      await sendAll(content, first)
      let next: ReturnType<typeof multipart> | undefined
      meddling.before = async ({ command, key }) => {
        if (command !== 'HeadObjectCommand' || !key.startsWith('.partway/')) return
        meddling.before = undefined
        next = multipart((await create(film))[0])
      }
      pass(MINUTE)
      expect(await finish()).toMatchObject({ completed: 1 })
      const key = next?.key ?? ''
      expect(key).not.toBe(first.key)
      // As a lifecycle rule does it.
      const [upload] = (await unfinishedUploads(s3.client, bucket)).filter(({ Key }) => Key === key)
      const address = { Bucket: bucket, Key: key, UploadId: upload?.UploadId }
      await s3.client.send(new AbortMultipartUploadCommand(address))
      pass(HOUR)
      await finish()
      expect(heard()).toEqual([`finisher ${first.key}`, `expired ${key}`])
      expect([await entries(), await used()]).toEqual([[], 1])
      await host.close()
    })
  },
)

// Who has heard of a creation hears of its end, also where it came to nothing; and nothing of that is left.
import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { multipart } from '../native-client.js'
import { type Answer, call, post } from '../serve.js'
import { DAY, film, keepClock, note, openTroubled, s3Failure, useMovedClock } from './troubled-app.js'

let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
  keepClock(s3.client)
})
afterAll(async () => {
  await s3.close()
})

const keyOf = (seen: string | undefined) => seen?.split(' ').at(-1)

test.each([
  ['a file in parts', film],
  ['a file in one request', note],
])('%s that cannot be written down', async (_, file) => {
  const { host, create, meddling, seen, unfinishedOnS3, used } = await openTroubled(s3)
  meddling.before = ({ command, key }) => {
    if (command === 'PutObjectCommand' && key.startsWith('.partway/')) throw s3Failure('SlowDown', 503)
  }
  expect(await create(file)).toMatchObject([{ code: 's3_busy' }])
  expect(seen).toEqual([`created ${keyOf(seen[0])}`, `withdrawn ${keyOf(seen[0])}`])
  expect([await unfinishedOnS3(), await used()]).toEqual([[], 0])
  await host.close()
})

test.each<[string, (base: string) => Promise<Answer<unknown>>]>([
  ['in parts', (base) => post(`${base}/multipart`, { filename: 'a', type: 'text/plain' })],
  ['in one request', (base) => call(`${base}/params?filename=a&type=text/plain`)],
])("a Companion client's file %s that cannot be written down", async (_, begin) => {
  const sizes: unknown[] = []
  const { host, meddling, seen, unfinishedOnS3, used } = await openTroubled(s3, {
    onAbort: ({ key, reason, size }) => {
      seen.push(`${reason} ${key}`)
      sizes.push(size)
    },
  })
  meddling.before = ({ command, key }) => {
    if (command === 'PutObjectCommand' && key.startsWith('.partway/')) throw s3Failure('SlowDown', 503)
  }
  expect(await begin(`${host.origin}/uploads/s3`)).toMatchObject({ status: 503, body: { code: 's3_busy' } })
  expect(seen).toEqual([`created ${keyOf(seen[0])}`, `withdrawn ${keyOf(seen[0])}`])
  expect(sizes).toEqual([undefined])
  expect([await unfinishedOnS3(), await used()]).toEqual([[], 0])
  await host.close()
})

test('the journal has no bucket: nothing is granted, and the page is told why', async () => {
  const journal = { bucket: 'no-such-bucket-of-the-journal' }
  const { host, create, unfinishedOnS3 } = await openTroubled(s3, { journal })
  const missing = { code: 'bucket_missing' }
  expect(await create(note, film)).toMatchObject([missing, missing])
  const answer = await post(`${host.origin}/uploads/s3/multipart`, { filename: 'a', type: 'text/plain' })
  expect(answer).toMatchObject({ status: 502, body: missing })
  expect(await unfinishedOnS3()).toEqual([])
  await host.close()
})

test('of two that begin the same upload, the one that is too late, and S3 does not abort it', async () => {
  const { host, create, meddling, seen, used } = await openTroubled(s3)
  let isFirst = true
  meddling.before = async ({ command, key }) => {
    if (command === 'AbortMultipartUploadCommand') throw s3Failure('SlowDown', 503)
    if (command !== 'PutObjectCommand' || !key.startsWith('.partway/') || !isFirst) return
    isFirst = false
    await create(film)
  }
  const { key } = multipart((await create(film))[0])
  const late = keyOf(seen[0])
  expect(seen).toEqual([`created ${late}`, `created ${key}`, `withdrawn ${late}`])
  expect(await used()).toBe(1)
  await host.close()
})

describe.skipIf(process.env.S3_UNDER_TEST === 'ceph')(
  'with a clock that is moved (not on Ceph, which has its own)',
  () => {
    const pass = useMovedClock()

    test('an upload that somebody else aborts on S3', async () => {
      const { host, bucket, create, finish, heard, unfinishedOnS3, used, entries } = await openTroubled(s3)
      const { key } = multipart((await create(film))[0])
      const [upload] = await unfinishedOnS3()
      const address = { Bucket: bucket, Key: key, UploadId: upload?.UploadId }
      await s3.client.send(new AbortMultipartUploadCommand(address))
      pass(DAY)
      await finish()
      expect(heard()).toEqual([`expired ${key}`])
      expect([await entries(), await used()]).toEqual([[], 0])
      await host.close()
    })
  },
)

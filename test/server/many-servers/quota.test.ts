// The quota under load, from creation to completion or abort: counted in memory by one server, or in Valkey by two.
import { randomBytes, randomUUID } from 'node:crypto'
import { CompleteMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import type { ErrorBody, Grant, MultipartGrant, QuotaOptions } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { startValkey, type Valkey } from '../../support/start-valkey.js'
import { client, multipart, openApp, sendAll } from '../native-client.js'
import { noValkey, onValkey } from '../quota/quota-backends.js'
import { listContents } from '../s3-contents.js'
import { testOptions } from '../serve.js'
import { startTwoServers } from './start-server.js'

const MIB = 1024 ** 2
const film = { name: 'film.mp4', type: 'video/mp4', size: 6 * MIB }
let s3: S3UnderTest
let valkey: Valkey | undefined

beforeAll(async () => {
  s3 = await openS3()
  if (!noValkey) valkey = await startValkey()
})
afterAll(async () => {
  await valkey?.stop()
  await s3.close()
})

interface Setup {
  bucket: string
  /** Where clients go. */
  origin: string
  /** A server that did not create the upload, where there are two. */
  otherThan(ticket: string): { origin: string }
}

async function openOne(quota: QuotaOptions): Promise<Setup> {
  const { bucket, host } = await openApp(s3, { quota })
  onTestFinished(host.close)
  return { bucket, origin: host.origin, otherThan: () => host }
}

async function openTwo(quota: QuotaOptions): Promise<Setup> {
  const bucket = await createBucket(s3.client)
  const options = testOptions(s3, bucket, { partSize: 5 * MIB, quota })
  const { servers, proxy } = await startTwoServers({ options, ...(valkey && { valkeyPort: valkey.port }) })
  const [first, second] = servers
  return {
    bucket,
    origin: proxy.origin,
    otherThan: (ticket) => (proxy.backendsOf(ticket)[0] === first.origin ? second : first),
  }
}

const setups: [name: string, skipped: boolean, open: (quota: QuotaOptions) => Promise<Setup>][] = [
  ['one server counts in memory', false, openOne],
  [`two servers count together (${onValkey})`, noValkey, openTwo],
]
for (const [name, skipped, open] of setups) {
  describe.skipIf(skipped)(name, () => {
    /** As a new owner. */
    async function openFor(quota: QuotaOptions) {
      const setup = await open(quota)
      const owner = randomUUID()
      const other = (grant: Grant) => client(setup.otherThan(grant.ticket), owner)
      return { ...setup, ...client(setup, owner), other }
    }
    const seconds = (from: number, to: number) =>
      expect.toSatisfy((retryAfter: number) => from <= retryAfter && retryAfter <= to)
    const refusedFor = (retryAfter: unknown) => ({ code: 'quota_exceeded', status: 429, retryAfter })

    test.each<[string, QuotaOptions, object]>([
      ['files', { files: 20 }, refusedFor(seconds(86_000, 86_400))],
      ['bytes', { bytes: 21 * film.size - 1, windowSeconds: 600 }, refusedFor(seconds(400, 600))],
      ['unfinished', { unfinished: 20 }, { code: 'too_many_unfinished', status: 429, retryAfter: 5 }],
    ])('%s: of 200 uploads at once, exactly 20 begin', async (_, quota, refusal) => {
      const { bucket, create } = await openFor(quota)
      const items = await Promise.all(Array.from({ length: 200 }, () => create(film)))
      const outcomes = items.flat() as (Grant | ErrorBody)[]
      const refusals = outcomes.filter((outcome) => 'error' in outcome)
      expect(refusals).toHaveLength(180)
      for (const refused of refusals) expect(refused).toMatchObject(refusal)
      const grants = outcomes.filter((outcome) => 'ticket' in outcome)
      expect(grants).toHaveLength(20)
      expect((await listContents(s3.client, bucket)).uploads.sort()).toEqual(
        grants.map(({ key }) => key).sort(),
      )
    })

    test('calls with many files count every file', async () => {
      const { create } = await openFor({ files: 20 })
      const calls = await Promise.all([1, 2].map(() => create(...Array.from({ length: 100 }, () => film))))
      expect(calls.flat().filter((outcome) => 'ticket' in outcome)).toHaveLength(20)
    })

    test('what is aborted counts no more, and is given back once', async () => {
      const { create, abort, other } = await openFor({ files: 2, bytes: 2 * film.size, unfinished: 2 })
      const [aborted] = (await create(film, film)) as [MultipartGrant, MultipartGrant]
      expect(await create(film)).toMatchObject([{ status: 429 }])
      expect(await other(aborted).abort(aborted.ticket)).toEqual([null])
      multipart((await create(film))[0])
      expect(await create(film)).toMatchObject([{ status: 429 }])
      expect(await abort(aborted.ticket)).toEqual([null])
      const both = [abort(aborted.ticket), other(aborted).abort(aborted.ticket, aborted.ticket)]
      expect((await Promise.all(both)).flat()).toEqual([null, null, null])
      expect(await create(film)).toMatchObject([{ status: 429 }])
    })

    test('what is completed is not unfinished, and goes on counting', async () => {
      const { create, complete, abort, other } = await openFor({ files: 3, unfinished: 2 })
      const [first, second] = (await create(film, film)) as [MultipartGrant, MultipartGrant]
      const bytes = randomBytes(film.size)
      await Promise.all([sendAll(bytes, first), sendAll(bytes, second)])
      expect(await create(film)).toMatchObject([{ code: 'too_many_unfinished' }])
      expect(await other(first).complete(first.ticket)).toMatchObject([{ size: film.size }])
      multipart((await create(film))[0])
      expect(await create(film)).toMatchObject([{ code: 'too_many_unfinished' }])
      expect(await complete(first.ticket, second.ticket)).toMatchObject([
        { key: first.key },
        { key: second.key },
      ])
      for (const aborting of [abort, other(first).abort]) {
        expect(await aborting(first.ticket, second.ticket)).toEqual([null, null])
        expect(await create(film)).toMatchObject([{ code: 'quota_exceeded' }])
      }
    })

    test('what is complete on S3, because a server died before it could tell, can be cancelled', async () => {
      const { bucket, create, parts, abort } = await openFor({ unfinished: 1 })
      const grant = multipart((await create(film))[0])
      await sendAll(randomBytes(film.size), grant)
      const { Uploads: [upload] = [] } = await s3.client.send(
        new ListMultipartUploadsCommand({ Bucket: bucket }),
      )
      const held = (await parts(grant.ticket)).parts
      await s3.client.send(
        new CompleteMultipartUploadCommand({
          Bucket: bucket,
          Key: grant.key,
          UploadId: upload?.UploadId,
          MultipartUpload: {
            Parts: held.map(({ partNumber: PartNumber, etag: ETag }) => ({ PartNumber, ETag })),
          },
        }),
      )
      expect(await create(film)).toMatchObject([{ code: 'too_many_unfinished' }])
      expect(await abort(grant.ticket)).toEqual([null])
      multipart((await create(film))[0])
    })
  })
}

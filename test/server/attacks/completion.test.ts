// Completing and aborting at the wrong time or with the wrong parts: one whole object, or none.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { UploadPartCommand } from '@aws-sdk/client-s3'
import type { CompletedObject, Grant, PartwayError, PartwayOptions, SignedPart } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { client, multipart, openApp, partOf, sendAll, sendForm, sendPart } from '../native-client.js'
import { listContents, readObject, sha256 } from '../s3-contents.js'
import { secrets, serveApp, testOptions } from '../serve.js'
import { companion, type ReportedPart, sendOpenPart } from './companion-client.js'
import { takeApart } from './forge-ticket.js'
import { openMeddled } from './meddled-app.js'
import { watchS3 } from './watch-s3.js'

const MIB = 1024 ** 2
const COMPLETE = 'CompleteMultipartUploadCommand'
const NOTHING = { objects: [], uploads: [] }
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

const bytes = randomBytes(11 * MIB)
const file = { name: 'film.mp4', type: 'video/mp4', size: bytes.length }

/** Three parts of 5, 5 and 1 MiB. */
async function openFilm(more: Partial<PartwayOptions> = {}) {
  const app = await openApp(s3, more)
  const grant = multipart((await app.create(file))[0])
  const [first, second, third] = grant.parts as [SignedPart, SignedPart, SignedPart]
  const send = (part: SignedPart, content = bytes) => sendPart(part, partOf(content, grant, part.partNumber))
  return { ...app, grant, first, second, third, send }
}

describe('with parts that are not the planned ones', () => {
  test('gaps at the start, in the middle and at the end: refused, and the upload stays', async () => {
    const { bucket, host, grant, complete, first, second, third, send } = await openFilm()
    const refusal = (missing: string) => [
      { code: 'parts_missing', status: 409, error: expect.stringContaining(`part ${missing}.`) },
    ]
    expect(await complete(grant.ticket)).toMatchObject(refusal('1, 2, 3'))
    await send(third)
    expect(await complete(grant.ticket)).toMatchObject(refusal('1, 2'))
    await send(first)
    expect(await complete(grant.ticket)).toMatchObject(refusal('2'))
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [grant.key] })
    await send(second)
    expect(await complete(grant.ticket)).toMatchObject([{ size: bytes.length }])
    await host.close()
  })

  // By the bucket's owner: no signed URL can do this.
  test('a last part of another size, and parts beyond the last: refused until they are right', async () => {
    const { bucket, host, grant, complete, first, second, third, send } = await openFilm()
    for (const part of [first, second]) await send(part)
    const upload = { Bucket: bucket, Key: grant.key, UploadId: String(takeApart(grant.ticket).claims.upl) }
    for (const size of [1, MIB - 1, MIB + 1, 5 * MIB]) {
      await s3.client.send(new UploadPartCommand({ ...upload, PartNumber: 3, Body: randomBytes(size) }))
      expect(await complete(grant.ticket)).toMatchObject([
        { code: 'part_size_mismatch', error: expect.stringContaining('part 3.') },
      ])
    }
    await send(third)
    await s3.client.send(new UploadPartCommand({ ...upload, PartNumber: 4, Body: randomBytes(9) }))
    expect(await complete(grant.ticket)).toMatchObject([{ code: 'part_mismatch' }])
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [grant.key] })
    await host.close()
  })

  test('a part that was sent again: what S3 holds last counts, at its planned size', async () => {
    const { bucket, host, grant, complete, first, send } = await openFilm()
    await sendAll(bytes, grant)
    const other = Buffer.concat([randomBytes(5 * MIB), bytes.subarray(5 * MIB)])
    await send(first, other)
    expect(await complete(grant.ticket)).toMatchObject([{ size: bytes.length }])
    expect((await readObject(s3.client, bucket, grant.key)).sha256).toBe(sha256(other))
    await host.close()
  })
})

describe('with a part replaced between the check and the completion', () => {
  test('the object is not made; completing again looks again', async () => {
    const { bucket, host, meddle } = await openMeddled(s3, COMPLETE)
    const { create, complete } = client(host)
    const grant = multipart((await create(file))[0])
    await sendAll(bytes, grant)
    const other = Buffer.concat([randomBytes(5 * MIB), bytes.subarray(5 * MIB)])
    meddle.before = () => sendPart(grant.parts[0] as SignedPart, other.subarray(0, 5 * MIB))
    expect(await complete(grant.ticket)).toMatchObject([{ code: 'part_mismatch', status: 409 }])
    expect((await listContents(s3.client, bucket)).objects).toEqual([])
    expect(await complete(grant.ticket)).toMatchObject([{ size: bytes.length }])
    expect((await readObject(s3.client, bucket, grant.key)).sha256).toBe(sha256(other))
    await host.close()
  })

  test('the limit of a file whose size was not told holds', async () => {
    const { bucket, host, meddle } = await openMeddled(s3, COMPLETE, { limits: { maxFileSize: 100 } })
    const { create, sign, complete } = companion(host)
    const upload = await create({ filename: 'a' })
    const { url } = await sign(upload, 1)
    const small = await sendOpenPart(url, 1, randomBytes(100))
    let large = small
    meddle.before = async () => {
      large = await sendOpenPart(url, 1, randomBytes(101))
    }
    expect(await complete(upload, [small])).toMatchObject({ code: 'part_mismatch' })
    expect((await listContents(s3.client, bucket)).objects).toEqual([])
    expect(await complete(upload, [large])).toMatchObject({ code: 'file_too_large' })
    expect(await listContents(s3.client, bucket)).toEqual(NOTHING)
    await host.close()
  })
})

describe('by a client that tells no size', () => {
  async function openParts(sizes: number[], more: Partial<PartwayOptions> = {}) {
    const app = await openApp(s3, more)
    const { create, sign, ...rest } = companion(app.host)
    const upload = await create({ filename: 'a' })
    const parts: ReportedPart[] = []
    for (const [index, size] of sizes.entries()) {
      parts.push(await sendOpenPart((await sign(upload, index + 1)).url, index + 1, randomBytes(size)))
    }
    return { ...app, ...rest, upload, parts, sign }
  }

  test('parts that are each small enough and together too large: refused, and nothing is left', async () => {
    const limits = { maxFileSize: 8 * MIB }
    const { bucket, host, upload, parts, sign, complete } = await openParts([5 * MIB, 4 * MIB], { limits })
    expect(await sign(upload, 3)).toMatchObject({ code: 'file_too_large', status: 413 })
    expect(await complete(upload, parts)).toMatchObject({ code: 'file_too_large' })
    expect(await listContents(s3.client, bucket)).toEqual(NOTHING)
    await host.close()
  })

  test.each<[what: string, report: (parts: ReportedPart[]) => ReportedPart[], code: string]>([
    ['only some of the parts', (parts) => parts.slice(0, 1), 'part_mismatch'],
    ['only the last part', (parts) => parts.slice(1), 'part_mismatch'],
    ['a part twice', ([first]) => [first, first] as ReportedPart[], 'part_mismatch'],
    ['a part more', (parts) => [...parts, { PartNumber: 3, ETag: 'e' }], 'parts_missing'],
    ['a gap', ([first, second]) => [first, { ...second, PartNumber: 3 }] as ReportedPart[], 'part_mismatch'],
    [
      "another part's ETag",
      ([first, second]) => [second, { ...first, PartNumber: 2 }] as ReportedPart[],
      'part_mismatch',
    ],
    [
      'parts that S3 has never seen',
      () => [{ PartNumber: 1, ETag: '"d41d8cd98f00b204e9800998ecf8427e"' }],
      'part_mismatch',
    ],
  ])('who reports %s: refused, and the upload stays', async (_, report, code) => {
    const { bucket, host, upload, parts, complete } = await openParts([5 * MIB, 10])
    expect(await complete(upload, report(parts))).toMatchObject({ code, status: 409 })
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [upload.key] })
    expect(await complete(upload, parts)).toMatchObject({ key: upload.key })
    await host.close()
  })
})

describe('ten times at once', () => {
  test('is one object, ten equal answers, and one upload to the host', async () => {
    const told: CompletedObject[] = []
    const { bucket, host, grant, complete } = await openFilm({
      onComplete: (object) => void told.push(object),
    })
    await sendAll(bytes, grant)
    const answers = await Promise.all(Array.from({ length: 10 }, () => complete(grant.ticket)))
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]).toMatchObject([{ key: grant.key, size: bytes.length }])
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [grant.key], uploads: [] })
    expect((await readObject(s3.client, bucket, grant.key)).sha256).toBe(sha256(bytes))
    expect(new Set(told.map(({ id }) => id)).size).toBe(1)
    expect(host.errors).toEqual([])
    await host.close()
  })

  test('through Companion, likewise', async () => {
    const { bucket, host } = await openApp(s3)
    const { create, sign, complete } = companion(host)
    const upload = await create({ filename: 'a' })
    const part = await sendOpenPart((await sign(upload, 1)).url, 1, randomBytes(100))
    const answers = await Promise.all(Array.from({ length: 10 }, () => complete(upload, [part])))
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]).toMatchObject({ key: upload.key })
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [upload.key], uploads: [] })
    await host.close()
  })
})

describe('a hundred times in one call', () => {
  async function openWatched() {
    const { client: watched, calls } = watchS3(s3)
    const told: string[] = []
    const bucket = await createBucket(s3.client)
    const host = await serveApp({
      client: watched,
      bucket,
      owner: () => 'ada',
      secrets,
      multipartThreshold: 9,
      onComplete: ({ id }) => void told.push(`complete ${id}`),
      onAbort: ({ id }) => void told.push(`abort ${id}`),
    })
    const { create, complete, abort } = client(host)
    const [form, parts] = (await create(
      { name: 'a', type: '', size: 9 },
      { name: 'b', type: '', size: 10 },
    )) as [Grant, Grant]
    await sendForm(form, randomBytes(9))
    await sendAll(randomBytes(10), multipart(parts))
    /** The names of the calls to S3 that are made meanwhile. */
    const callsOf = async (run: () => Promise<unknown>) => {
      calls.length = 0
      await run()
      return calls.map(({ command }) => command)
    }
    return { host, tickets: [form.ticket, parts.ticket], told, callsOf, complete, abort }
  }

  test.each(['complete', 'abort'] as const)(
    'to %s: each upload is handled once, and every position gets its outcome',
    async (action) => {
      const single = await openWatched()
      const expected = await single.callsOf(() => single[action](...single.tickets))
      const many = await openWatched()
      const answers: unknown[] = []
      const repeated = Array.from({ length: 49 }, () => many.tickets).flat()
      const calls = await many.callsOf(async () => {
        answers.push(...(await many[action](...repeated, 'wrong')))
      })
      expect(calls.sort()).toEqual(expected.sort())
      expect(new Set(many.told).size).toBe(2)
      expect(many.told).toHaveLength(2)
      expect(answers.pop()).toMatchObject({ code: 'ticket_invalid' })
      expect(answers.slice(0, 2)).not.toContainEqual(expect.objectContaining({ code: expect.anything() }))
      expect(answers).toEqual(Array.from({ length: 49 }, () => answers.slice(0, 2)).flat())
      await single.host.close()
      await many.host.close()
    },
  )

  test('of two tickets of one upload, likewise', async () => {
    const told: string[] = []
    const onAbort = ({ id }: { id: string }) => void told.push(id)
    const { bucket, host, create } = await openApp(s3)
    const { ticket } = multipart((await create(file))[0])
    const rotated = { secrets: ['another secret, which is long enough, too', ...secrets], onAbort }
    const other = await serveApp(testOptions(s3, bucket, rotated))
    const { unfinished, abort } = client(other)
    const [found] = (await unfinished()).uploads
    expect(found?.ticket).not.toBe(ticket)
    expect(await abort(ticket, found?.ticket ?? '')).toEqual([null, null])
    expect(told).toHaveLength(1)
    await other.close()
    await host.close()
  })
})

describe('after the end', () => {
  test('of an aborted upload: no completion, no signature of use, no part', async () => {
    const { bucket, host, grant, first, send, abort, complete, sign, parts } = await openFilm()
    await sendAll(bytes, grant)
    expect(await abort(grant.ticket)).toEqual([null])
    expect(await complete(grant.ticket)).toMatchObject([{ code: 'upload_gone', status: 410 }])
    expect(await parts(grant.ticket)).toMatchObject({ code: 'upload_gone' })
    expect(await send(first)).toBe(404)
    // Signing asks nobody; S3 knows better.
    const [again] = (await sign(grant.ticket, 1)).parts
    expect(await send(again as SignedPart)).toBe(404)
    expect(await listContents(s3.client, bucket)).toEqual(NOTHING)
    await host.close()
  })

  test('of a completed upload: no other content, by old URLs or new ones', async () => {
    const { bucket, host, grant, first, send, complete, sign, abort, parts } = await openFilm()
    await sendAll(bytes, grant)
    const done = await complete(grant.ticket)
    const other = randomBytes(bytes.length)
    expect(await send(first, other)).toBe(404)
    const [again] = (await sign(grant.ticket, 1)).parts
    expect(await send(again as SignedPart, other)).toBe(404)
    expect(await parts(grant.ticket)).toMatchObject({ code: 'upload_gone' })
    expect(await abort(grant.ticket)).toEqual([null])
    expect(await complete(grant.ticket)).toEqual(done)
    expect((await readObject(s3.client, bucket, grant.key)).sha256).toBe(sha256(bytes))
    await host.close()
  })
})

describe('and aborting', () => {
  const small = { name: 'a', type: '', size: 1000 }
  const content = randomBytes(small.size)

  test('at once ends with the whole object or with nothing, as the answers say', async () => {
    const { bucket, host, create, complete, abort } = await openApp(s3, { multipartThreshold: 0 })
    for (let round = 0; round < 20; round++) {
      const grant = multipart((await create(small))[0])
      await sendAll(content, grant)
      const early = round % 2 === 0 ? abort(grant.ticket) : undefined
      const [[completed], [aborted]] = await Promise.all([
        complete(grant.ticket),
        early ?? abort(grant.ticket),
      ])
      // Ceph has moments in which it can say neither.
      if (completed?.code !== 's3_busy') expect([undefined, 'upload_gone']).toContain(completed?.code)
      if (aborted !== null) expect(aborted).toMatchObject({ code: 's3_busy' })
      const [again] = await complete(grant.ticket)
      if (completed?.code !== 's3_busy') expect(again?.code).toBe(completed?.code)
      const { objects, uploads } = await listContents(s3.client, bucket)
      expect(uploads).toEqual([])
      expect([again?.code, objects.includes(grant.key)]).toEqual(
        again?.code ? ['upload_gone', false] : [undefined, true],
      )
    }
    await host.close()
  })

  test('right before S3 completes it: nothing is left', async () => {
    const { bucket, host, meddle } = await openMeddled(s3, COMPLETE, { multipartThreshold: 0 })
    const { create, complete, abort } = client(host)
    const grant = multipart((await create(small))[0])
    await sendAll(content, grant)
    meddle.before = () => abort(grant.ticket)
    expect(await complete(grant.ticket)).toMatchObject([{ code: 'upload_gone' }])
    expect(await listContents(s3.client, bucket)).toEqual(NOTHING)
    expect(host.errors).toEqual([])
    await host.close()
  })

  test('right after: the object stays, and the host hears that it is complete, not that it was aborted', async () => {
    const told: string[] = []
    const { bucket, host, meddle } = await openMeddled(s3, COMPLETE, {
      multipartThreshold: 0,
      onComplete: () => void told.push('complete'),
      onAbort: () => void told.push('abort'),
    })
    const { create, complete, abort } = client(host)
    const grant = multipart((await create(small))[0])
    await sendAll(content, grant)
    meddle.after = () => abort(grant.ticket)
    expect(await complete(grant.ticket)).toMatchObject([{ key: grant.key }])
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [grant.key], uploads: [] })
    expect(told).toEqual(['complete'])
    await host.close()
  })
})

test('a client that hangs up once S3 has completed does not save what its content condemns', async () => {
  let reply: ServerResponse | undefined
  const { bucket, host, meddle } = await openMeddled(s3, COMPLETE, {
    verifyContent: true,
    owner: ({ res }) => {
      reply = res
      return 'ada'
    },
  })
  const program = Buffer.concat([Buffer.from('MZ'), randomBytes(1000)])
  const grant = multipart(
    (await client(host).create({ name: 'a.png', type: 'image/png', size: program.length }))[0],
  )
  await sendAll(program, grant)
  const caller = new AbortController()
  const made = new Promise<string[]>((resolve) => {
    meddle.after = async () => {
      caller.abort()
      await once(reply as ServerResponse, 'close')
      resolve((await listContents(s3.client, bucket)).objects)
    }
  })
  const hungUp = fetch(`${host.origin}/uploads/complete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tickets: [grant.ticket] }),
    signal: caller.signal,
  })
  await expect(hungUp).rejects.toThrow('aborted')
  expect(await made).toEqual([grant.key])
  await vi.waitFor(async () => expect(await listContents(s3.client, bucket)).toEqual(NOTHING), 10_000)
  await host.close()
})

test('a client that hangs up while its parts are listed is no failure of S3', async () => {
  let reply: ServerResponse | undefined
  const codes: unknown[] = []
  const { host, meddle } = await openMeddled(s3, 'ListPartsCommand', {
    owner: ({ res }) => {
      reply = res
      return 'ada'
    },
    onError: (error) => void codes.push((error as PartwayError).code),
  })
  const grant = multipart((await client(host).create(file))[0])
  const caller = new AbortController()
  meddle.before = async () => {
    caller.abort()
    await once(reply as ServerResponse, 'close')
  }
  const hungUp = fetch(`${host.origin}/uploads/parts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ticket: grant.ticket }),
    signal: caller.signal,
  })
  await expect(hungUp).rejects.toThrow('aborted')
  await vi.waitFor(() => expect(codes).toEqual(['client_gone']), 10_000)
  expect(host.errors).toEqual([])
  await host.close()
})

// Actions after which the client has an answer, though not the one that the target would have given at once.
import { Agent } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type Action,
  allowOrigin,
  answer,
  callAfter,
  delay,
  editReplyHeaders,
  forwardTwice,
  hideETag,
  s3Error,
  slowHeaders,
  truncateReply,
} from './index.js'
import { type ProxiedTarget, page, send, startProxiedTarget } from './proxied-target.js'

const body = Buffer.alloc(300_000, 'x')
let target: ProxiedTarget

beforeEach(async () => {
  target = await startProxiedTarget()
})
afterEach(() => target.close())

/** Sends a request that `action` is applied to. */
function sendWith(action: Action, sent = body) {
  target.proxy.add({ action })
  return send(target.proxy.origin, { body: sent })
}

test('answer(): the page may read it, and the target learns nothing', async () => {
  const answered = await sendWith(answer(429, { headers: { 'retry-after': '7' }, body: 'later' }))

  expect(answered).toMatchObject({
    ...{ status: 429, body: 'later' },
    headers: {
      'retry-after': '7',
      'access-control-allow-origin': page,
      'access-control-expose-headers': 'retry-after',
    },
  })
  expect(target.got).toEqual([])
  expect(target.proxy.requests).toMatchObject([
    { fault: 'answer(429)', status: 429, bodyBytesReceived: body.length, bodyBytesForwarded: 0 },
  ])
})

test('answer() with cors: false hides it from the page', async () => {
  const { status, headers } = await sendWith(answer(502, { cors: false }))

  expect(status).toBe(502)
  expect(headers['access-control-allow-origin']).toBeUndefined()
})

test('s3Error() has S3’s XML, whatever the status', async () => {
  const answered = await sendWith(s3Error(200, 'InternalError'))

  expect(answered).toMatchObject({ status: 200, headers: { 'content-type': 'application/xml' } })
  expect(answered.body).toContain('<Error><Code>InternalError</Code>')
})

test.each([
  ['first', 'reply 1'],
  ['second', 'reply 2'],
] as const)('forwardTwice(%s): the target gets all of it twice', async (which, reply) => {
  const answered = await sendWith(forwardTwice(which))

  expect(answered.body).toBe(reply)
  expect(target.got).toMatchObject([
    { bytes: body.length, whole: true },
    { bytes: body.length, whole: true },
  ])
  expect(target.got[0]?.sha256).toBe(target.got[1]?.sha256)
})

test('forwardTwice() of a request without a body', async () => {
  await sendWith(forwardTwice(), Buffer.alloc(0))

  expect(target.got).toMatchObject([
    { bytes: 0, whole: true },
    { bytes: 0, whole: true },
  ])
})

test('delay(): the target gets the request after the wait', async () => {
  const gotBefore: number[] = []
  const answered = await sendWith(delay(() => gotBefore.push(target.got.length)))

  expect(answered.body).toBe('reply 1')
  expect(gotBefore).toEqual([0])
})

test('slowHeaders(): the client gets the reply after the wait', async () => {
  const gotBefore: number[] = []
  const statusBefore: unknown[] = []
  const answered = await sendWith(
    slowHeaders(() => {
      gotBefore.push(target.got.length)
      statusBefore.push(target.proxy.requests[0]?.status)
    }),
  )

  expect(answered.body).toBe('reply 1')
  expect(gotBefore).toEqual([1])
  expect(statusBefore).toEqual([undefined])
})

test.each([
  ['delay', delay],
  ['slowHeaders', slowHeaders],
])('%s() in milliseconds', async (_, wait) => {
  expect((await sendWith(wait(20))).body).toBe('reply 1')

  const [{ startedAt = 0, endedAt = 0 } = {}] = target.proxy.requests
  expect(endedAt - startedAt).toBeGreaterThan(19)
})

test('callAfter(n) tells when n bytes are with the target, which gets all of them', async () => {
  const forwarded: unknown[] = []
  const answered = await sendWith(
    callAfter(100_001, () => forwarded.push(target.proxy.requests[0]?.bodyBytesForwarded)),
  )

  expect(answered.body).toBe('reply 1')
  expect(forwarded).toEqual([100_001])
  expect(target.got).toMatchObject([{ bytes: body.length, whole: true }])
})

test.each([0, 3, 100])('truncateReply(%s): the body ends before its length', async (bytes) => {
  const agent = new Agent({ keepAlive: true })
  target.proxy.add({ action: truncateReply(bytes) })
  await expect(send(target.proxy.origin, { agent })).rejects.toMatchObject({ code: 'ECONNRESET' })
  agent.destroy()

  expect(target.got).toMatchObject([{ whole: true }])
  expect(target.proxy.requests).toMatchObject([{ status: 200, error: undefined }])
})

test('hideETag(): other headers stay exposed', async () => {
  const { headers } = await sendWith(hideETag())

  expect(headers).toMatchObject({ etag: '"abc"', 'access-control-expose-headers': 'Location' })
  expect(headers['set-cookie']).toEqual(['a=1', 'b=2'])
})

test.each(['https://other.example', undefined])('allowOrigin(%s)', async (origin) => {
  const { headers } = await sendWith(allowOrigin(origin))

  expect(headers['access-control-allow-origin']).toBe(origin)
})

test('editReplyHeaders() changes what it is told to', async () => {
  const answered = await sendWith(editReplyHeaders((headers) => headers.delete('etag')))

  expect(answered).toMatchObject({ status: 200, body: 'reply 1' })
  expect(answered.headers.etag).toBeUndefined()
})

// Actions after which the client has no answer, and what the target has got by then.
import { once } from 'node:events'
import { request } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { blackHole, halfOpen, loseReply, reset } from './index.js'
import {
  brokenByReset,
  type ProxiedTarget,
  page,
  patiently,
  send,
  startProxiedTarget,
} from './proxied-target.js'

const body = Buffer.alloc(300_000, 'x')
let target: ProxiedTarget

beforeEach(async () => {
  target = await startProxiedTarget()
})
afterEach(() => target.close())

test('reset(): the target learns nothing', async () => {
  target.proxy.add({ action: reset(), times: 1 })

  await expect(send(target.proxy.origin)).rejects.toMatchObject(brokenByReset)
  await send(target.proxy.origin, { body })

  expect(target.got).toMatchObject([{ bytes: 300_000, whole: true }])
  expect(target.proxy.requests).toMatchObject([
    { fault: 'reset(0)', status: undefined, bodyBytesForwarded: 0 },
    { fault: undefined, status: 200, bodyBytesForwarded: 300_000 },
  ])
})

test('reset(n): the target gets n bytes and no more', async () => {
  target.proxy.add({ action: reset(100_001) })

  await expect(send(target.proxy.origin, { body })).rejects.toMatchObject({
    code: expect.stringMatching(/ECONNRESET|EPIPE/),
  })
  await target.gotRequests(1)

  expect(target.got).toMatchObject([{ bytes: 100_001, whole: false }])
  expect(target.proxy.requests).toMatchObject([{ bodyBytesReceived: 100_001, bodyBytesForwarded: 100_001 }])
})

test('blackHole(): the body is taken, nothing is answered, the target learns nothing', async () => {
  target.proxy.add({ action: blackHole() })
  const client = silentClient()

  await receivedBytes(body.length)
  client.destroy()

  expect(client.answered).toBe(false)
  expect(target.got).toEqual([])
  expect(target.proxy.requests).toMatchObject([{ status: undefined, error: undefined }])
})

test('halfOpen(n): n bytes are taken, then the client cannot send any more', async () => {
  target.proxy.add({ action: halfOpen(1000), times: 1 })
  const endless = Buffer.alloc(64 * 1024 * 1024)
  const client = silentClient(endless)

  await receivedBytes(1000)
  // A second exchange shows that time has passed in which the first could have moved.
  await send(target.proxy.origin, { body })

  expect(client.flushed).toBe(false)
  expect(client.answered).toBe(false)
  expect(target.proxy.requests[0]).toMatchObject({ bodyBytesReceived: 1000, bodyBytesForwarded: 0 })
  client.destroy()
})

test.each(['reset', 'silence'] as const)('loseReply(%s): the target has done its work', async (by) => {
  target.proxy.add({ action: loseReply(by), times: 1 })
  const client = silentClient()

  await target.gotRequests(1)
  if (by === 'reset') expect(await client.failed).toMatchObject(brokenByReset)

  expect(target.got).toMatchObject([{ bytes: body.length, whole: true }])
  // A second exchange shows that time has passed in which the first could have had its answer.
  await send(target.proxy.origin, { body })
  expect(client).toMatchObject({ answered: false, broken: by === 'reset' })
  client.destroy()
})

test('when a client gives up in a silence, its connection is closed', async () => {
  target.proxy.add({ action: blackHole() })
  const client = silentClient()
  await receivedBytes(body.length)
  client.destroy()

  await vi.waitFor(() => expect(target.proxy.requests[0]?.endedAt).toBeDefined(), patiently)
})

/** Sends `sent` and does not wait for an answer. */
function silentClient(sent = body) {
  const outgoing = request(target.proxy.origin, { method: 'PUT', headers: { origin: page }, agent: false })
  const client = {
    answered: false,
    broken: false,
    flushed: false,
    failed: once(outgoing, 'error').then(([error]) => error),
    destroy: () => outgoing.destroy(),
  }
  outgoing.on('response', () => {
    client.answered = true
  })
  outgoing.on('error', () => {
    client.broken = true
  })
  outgoing.end(sent, () => {
    client.flushed = true
  })
  return client
}

async function receivedBytes(count: number): Promise<void> {
  await vi.waitFor(() => expect(target.proxy.requests[0]?.bodyBytesReceived).toBe(count), patiently)
}

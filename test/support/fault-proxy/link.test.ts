// Latency, bandwidth, and what happens to all connections at once.
import { once } from 'node:events'
import { Agent, type ClientRequest, request } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { callAfter, delay } from './index.js'
import {
  brokenByReset,
  type ProxiedTarget,
  page,
  patiently,
  send,
  startProxiedTarget,
} from './proxied-target.js'
import { TokenBucket } from './token-bucket.js'

let target: ProxiedTarget

beforeEach(async () => {
  target = await startProxiedTarget()
})
afterEach(() => target.close())

test('a token bucket gives out its rate, after a burst of 50 ms', () => {
  const bucket = new TokenBucket()
  const due = [100, 100, 100].map((bytes) => bucket.take(bytes, 1000, 10_000))

  expect(due).toEqual([10_050, 10_150, 10_250])
  expect(bucket.take(100, 1000, 20_000)).toBe(20_050)
  expect(bucket.take(100, 500, 20_000)).toBe(20_250)
  expect(bucket.take(1e9, Number.POSITIVE_INFINITY, 30_000)).toBeLessThanOrEqual(30_000)
})

test('latency: a request takes a round trip at least', async () => {
  target.proxy.link.latencyMs = 50
  const startedAt = performance.now()
  await send(target.proxy.origin, { body: Buffer.alloc(100) })

  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(99)
})

test('bandwidth: an upload takes its bytes over the rate at least', async () => {
  target.proxy.link.bytesPerSecond = 1_000_000
  const startedAt = performance.now()
  await send(target.proxy.origin, { body: Buffer.alloc(500_000) })

  expect(performance.now() - startedAt).toBeGreaterThan(400)
  expect(target.got).toMatchObject([{ bytes: 500_000, whole: true }])
})

test('bandwidth of all: connections share it, and all arrive', async () => {
  target.proxy.link.totalBytesPerSecond = 1_000_000
  const startedAt = performance.now()
  const sent = Array.from({ length: 5 }, () => send(target.proxy.origin, { body: Buffer.alloc(100_000) }))
  await Promise.all(sent)

  expect(performance.now() - startedAt).toBeGreaterThan(400)
  expect(target.got.map(({ bytes }) => bytes)).toEqual(Array(5).fill(100_000))
})

test('a limit that is taken away is soon forgotten', async () => {
  const { proxy } = target
  proxy.link.bytesPerSecond = 2_000
  proxy.add({
    action: callAfter(100, () => {
      proxy.link.bytesPerSecond = Number.POSITIVE_INFINITY
    }),
  })
  // At the first rate this takes four hours.
  await send(proxy.origin, { body: Buffer.alloc(30_000_000) })

  expect(target.got).toMatchObject([{ bytes: 30_000_000, whole: true }])
})

test('refuse() resets what is open and lets nobody in, until accept()', async () => {
  const { proxy } = target
  const agent = new Agent({ keepAlive: true })
  await send(proxy.origin, { agent })
  const underway = startUpload()
  const failed = once(underway, 'error')
  await forwarded(1, 4)

  await proxy.refuse()

  expect((await failed)[0]).toMatchObject(brokenByReset)
  await expect(send(proxy.origin)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await proxy.accept()
  expect((await send(proxy.origin, { agent })).status).toBe(200)
  agent.destroy()
})

test('resetAll() resets what is open; new connections are fine', async () => {
  const underway = startUpload()
  const failed = once(underway, 'error')
  await forwarded(0, 4)

  target.proxy.resetAll()

  expect((await failed)[0]).toMatchObject(brokenByReset)
  expect((await send(target.proxy.origin)).status).toBe(200)
})

test('blackHoleAll(): no byte moves, neither on an established connection nor on a new one, until it ends', async () => {
  const { proxy } = target
  const order: string[] = []
  let answerNow = () => {}
  const held = new Promise<void>((resolve) => {
    answerNow = resolve
  })
  // A reply on its way, an upload on its way, and a client that comes later.
  const arrived = new Promise<void>((resolve) => {
    const arriveAndWait = () => {
      resolve()
      return held
    }
    proxy.add({ action: delay(arriveAndWait), times: 1 })
  })
  const replied = send(proxy.origin).then(() => order.push('reply'))
  await arrived
  const underway = startUpload()
  await forwarded(1, 4)

  proxy.blackHoleAll(true)
  answerNow()
  underway.write('more')
  const late = send(proxy.origin).then(() => order.push('late'))
  // The target has answered, and what another proxy passes meanwhile could have passed here.
  await target.gotRequests(1)
  const other = await startProxiedTarget()
  for (let i = 0; i < 5; i++) await send(other.proxy.origin, { body: Buffer.alloc(100_000) })
  await other.close()

  expect(order).toEqual([])
  expect(proxy.requests).toHaveLength(2)
  expect(proxy.requests[1]).toMatchObject({ bodyBytesReceived: 4 })

  proxy.blackHoleAll(false)
  await Promise.all([replied, late])
  await forwarded(1, 8)
  underway.destroy()
})

test('nobody learns behind a cut cable that a client has gone', async () => {
  const { proxy } = target
  const underway = startUpload()
  await forwarded(0, 4)

  proxy.blackHoleAll(true)
  underway.destroy()
  await new Promise((resolve) => underway.once('close', resolve))
  const other = await startProxiedTarget()
  await send(other.proxy.origin)
  await other.close()
  expect(proxy.requests[0]?.endedAt).toBeUndefined()

  proxy.blackHoleAll(false)
  await target.gotRequests(1)
  expect(target.got).toMatchObject([{ bytes: 4, whole: false }])
})

test('close() ends what is held, behind a cut cable too, and leaves no socket of its own', async () => {
  const { proxy } = target
  const before = openSockets()
  const underway = startUpload()
  const failed = once(underway, 'error')
  await forwarded(0, 4)
  proxy.blackHoleAll(true)
  proxy.link.latencyMs = 3_600_000
  underway.write('more')

  await proxy.close()

  await failed
  await target.gotRequests(1)
  // Its server has gone, too. Other test files may have left sockets in this process.
  await vi.waitFor(() => expect(openSockets()).toBeLessThan(before), patiently)
})

/** Sockets that this process holds. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length
}

/** An upload of which 4 bytes of 1000 are sent. */
function startUpload(): ClientRequest {
  const headers = { origin: page, 'content-length': '1000' }
  const outgoing = request(target.proxy.origin, { method: 'PUT', headers, agent: false })
  outgoing.on('error', () => {})
  outgoing.write('some')
  return outgoing
}

async function forwarded(index: number, bytes: number): Promise<void> {
  await vi.waitFor(() => expect(target.proxy.requests[index]?.bodyBytesForwarded).toBe(bytes), patiently)
}

// Without a fault the proxy changes nothing, keeps nothing, and leaves nothing open.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { serve } from '../../server/serve.js'
import { pseudoRandomBytes } from '../files.js'
import { startFaultProxy } from './index.js'
import { type ProxiedTarget, page, patiently, send, startProxiedTarget } from './proxied-target.js'

const MiB = 1024 * 1024
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
let target: ProxiedTarget

beforeEach(async () => {
  target = await startProxiedTarget()
})
afterEach(() => target.close())

test('the request line, the headers and their order, and the reply are those that were sent', async () => {
  const answer = await send(`${target.proxy.origin}/a%20b//c?x=1&y=%2F`, {
    headers: { 'X-Mixed-Case': 'Kept', 'content-type': 'text/plain' },
    body: Buffer.from('hello'),
  })

  expect(answer).toMatchObject({
    status: 200,
    body: 'reply 1',
    headers: { etag: '"abc"', 'set-cookie': ['a=1', 'b=2'] },
  })
  const [got] = target.got
  expect(got).toMatchObject({ method: 'PUT', url: '/a%20b//c?x=1&y=%2F', bytes: 5, whole: true })
  expect(got?.rawHeaders.slice(0, -2)).toEqual([
    ...['origin', page, 'X-Mixed-Case', 'Kept', 'content-type', 'text/plain'],
    ...['Host', new URL(target.proxy.origin).host, 'Content-Length', '5'],
  ])
  expect(target.proxy.requests).toEqual([
    expect.objectContaining({
      ...{
        method: 'PUT',
        path: '/a%20b//c',
        fromPage: true,
        preflight: false,
        fault: undefined,
        status: 200,
      },
      ...{ bodyBytesReceived: 5, bodyBytesForwarded: 5, connection: 1, error: undefined },
    }),
  ])
  expect(target.proxy.requests[0]?.query.get('y')).toBe('/')
})

test.each(['GET', 'HEAD', 'POST', 'DELETE'])(
  'a %s without a body gets through without one',
  async (method) => {
    const answer = await send(target.proxy.origin, { method })

    expect(answer.status).toBe(200)
    expect(target.got).toMatchObject([{ method, bytes: 0, whole: true }])
  },
)

test('a POST that says nothing of a body does not get one', async () => {
  const client = connect(Number(new URL(target.proxy.origin).port), '127.0.0.1')
  client.write('POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')

  expect(await text(client)).toContain('reply 1')
  expect(target.got[0]?.rawHeaders).toEqual([
    'Host',
    'localhost',
    'connection',
    'keep-alive',
    'content-length',
    '0',
  ])
})

test('a body of unknown length gets through', async () => {
  const outgoing = request(target.proxy.origin, { method: 'POST', agent: false })
  outgoing.write('one')
  outgoing.end('two')
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  incoming.resume()

  expect(target.got).toMatchObject([
    { bytes: 6, sha256: createHash('sha256').update('onetwo').digest('hex') },
  ])
})

test('64 MiB pass in both directions unchanged, and are not kept in memory', async () => {
  const echo = await serve((incoming, outgoing) => void incoming.pipe(outgoing))
  const proxy = await startFaultProxy({ target: () => echo.origin })
  const [sent, received] = [createHash('sha256'), createHash('sha256')]
  const before = heldBytes()
  let length = 0
  let highest = 0

  const outgoing = request(proxy.origin, { method: 'POST', agent: false })
  const uploaded = pipeline(async function* () {
    for (const bytes of pseudoRandomBytes('echo', 64 * MiB)) {
      sent.update(bytes)
      yield Buffer.from(bytes)
    }
  }, outgoing)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  for await (const bytes of incoming) {
    received.update(bytes)
    length += bytes.length
    if (length % (4 * MiB) < bytes.length) highest = Math.max(highest, heldBytes() - before)
  }
  await uploaded
  await proxy.close()
  await echo.close()

  expect(received.digest('hex')).toBe(sent.digest('hex'))
  expect(proxy.requests[0]).toMatchObject({ bodyBytesReceived: 64 * MiB, bodyBytesForwarded: 64 * MiB })
  expect(highest).toBeLessThan(16 * MiB)
})

test('requests share a connection that is kept', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let i = 0; i < 3; i++) await send(target.proxy.origin, { agent, body: Buffer.alloc(100_000) })
  agent.destroy()
  await send(target.proxy.origin)

  expect(target.proxy.requests.map(({ connection }) => connection)).toEqual([1, 1, 1, 2])
})

test('a target that refuses is a broken connection to the client', async () => {
  const proxy = await startFaultProxy({ target: 'http://127.0.0.1:1' })

  await expect(send(proxy.origin)).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(proxy.requests).toMatchObject([
    { status: undefined, error: expect.objectContaining({ code: 'ECONNREFUSED' }) },
  ])
  await proxy.close()
})

test('a target that answers before it has the body is heard, and the connection is kept', async () => {
  const hasty = await serve((_, outgoing) => void outgoing.writeHead(403).end('no'))
  const proxy = await startFaultProxy({ target: hasty.origin })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })

  for (let i = 0; i < 2; i++) {
    const answer = await send(proxy.origin, { agent, body: Buffer.alloc(8 * MiB) })
    expect(answer).toMatchObject({ status: 403, body: 'no' })
  }
  expect(proxy.requests.map(({ connection }) => connection)).toEqual([1, 1])
  agent.destroy()
  await proxy.close()
  await hasty.close()
})

test('a client that goes away ends the request to the target', async () => {
  const outgoing = request(target.proxy.origin, {
    method: 'PUT',
    headers: { 'content-length': '1000' },
    agent: false,
  })
  outgoing.on('error', () => {})
  outgoing.write('some')
  await vi.waitFor(() => expect(target.proxy.requests).toMatchObject([{ bodyBytesForwarded: 4 }]), patiently)
  outgoing.destroy()
  await target.gotRequests(1)

  expect(target.got).toMatchObject([{ bytes: 4, whole: false }])
})

/** What buffers hold in this process, in which client, proxy and target run. */
function heldBytes(): number {
  collectGarbage()
  // Ends the sweep of the first, which goes on in the background.
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

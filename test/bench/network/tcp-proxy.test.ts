// The proxy delivers what it is given, in order, and counts it. How long that takes only has a lower bound.
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Served, serve } from '../../server/serve.js'
import { Link } from '../../support/fault-proxy/link.js'
import { pseudoRandomBytes } from '../../support/files.js'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js'

const KiB = 1024
let link: Link
let target: Served
let proxy: TcpProxy
const got: { url: string | undefined; sha256: string }[] = []

beforeEach(async () => {
  got.length = 0
  link = new Link()
  target = await serve(async (request, response) => {
    got.push({ url: request.url, sha256: await sha256Of(request) })
    response.end('stored')
  })
  proxy = await startTcpProxy({ targetPort: Number(new URL(target.origin).port), link })
})
afterEach(async () => {
  await proxy.close()
  await target.close()
})

test('bytes arrive as they were sent, at a limited rate too, and are counted', async () => {
  Object.assign(link, { latencyMs: 2, bytesPerSecond: 4000 * KiB, totalBytesPerSecond: 6000 * KiB })
  const bodies = ['a', 'b', 'c'].map((seed) => Buffer.concat([...pseudoRandomBytes(seed, 300 * KiB)]))
  const answers = await Promise.all(bodies.map((body, index) => put(`/${index}`, body)))

  expect(answers).toEqual(['stored', 'stored', 'stored'])
  const sent = bodies.map((body, index) => ({
    url: `/${index}`,
    sha256: createHash('sha256').update(body).digest('hex'),
  }))
  expect(got.sort((a, b) => `${a.url}`.localeCompare(`${b.url}`))).toEqual(sent)
  expect(proxy.requests).toHaveLength(3)
  for (const request of proxy.requests) expect(request).toMatchObject({ method: 'PUT', bodyBytes: 300 * KiB })
})

test('connections of several proxies share the total rate of their link', async () => {
  link.totalBytesPerSecond = 1000 * KiB
  const other = await startTcpProxy({ targetPort: Number(new URL(target.origin).port), link })
  const startedAt = performance.now()
  const body = Buffer.alloc(150 * KiB)
  await Promise.all([put('/1', body), put('/2', body), put('/3', body, other), put('/4', body, other)])
  await other.close()

  // 600 KiB, of which an idle link passes 50 ms at once.
  expect(performance.now() - startedAt).toBeGreaterThan(500)
})

test('the first request of a connection takes two round trips at least', async () => {
  link.latencyMs = 30
  const startedAt = performance.now()
  await put('/', Buffer.from('some'))

  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(119)
  expect(proxy.connectionCount).toBe(1)
})

async function put(path: string, body: Buffer<ArrayBuffer>, { port }: TcpProxy = proxy): Promise<string> {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'PUT', body })
  return await reply.text()
}

async function sha256Of(request: IncomingMessage): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of request) hash.update(chunk)
  return hash.digest('hex')
}

// Who may break the demo, and with what: the routes behind the switches of Break it.
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Demo, startDemo } from '@partway/demo'
import { afterAll, beforeAll, expect, test } from 'vitest'

const faults = {
  latencyMs: 0,
  bytesPerSecond: null,
  failures: false,
  s3Down: false,
  serverDown: false,
  shortSignatures: false,
}

let dataFolder: string
let demo: Demo
let cookie: string

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'partway-demo-'))
  const siteFolder = join(import.meta.dirname, '../../demo/dist/site')
  demo = await startDemo({ port: 0, uploadsPerDay: 20, dataFolder, siteFolder, s3: undefined })
  const page = await fetch(demo.address)
  cookie = page.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
})
afterAll(async () => {
  await demo?.close()
  await rm(dataFolder, { recursive: true, force: true })
})

/** @returns the status. `fetch` would not let a test say what the host is. */
function post(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const all = { 'content-type': 'application/json', origin: demo.address, cookie, ...headers }
    const call = request(`${demo.address}${path}`, { method: 'POST', headers: all }, (reply) => {
      reply.resume()
      resolve(reply.statusCode)
    })
    call.on('error', reject).end(JSON.stringify(body))
  })
}

test('the page may set what there is', async () => {
  expect(await post('/break-it', faults)).toBe(204)
})

test.each([
  { latencyMs: -1 },
  { latencyMs: 3000 },
  { latencyMs: '50' },
  { latencyMs: undefined },
  { bytesPerSecond: 1 },
  { bytesPerSecond: 1_000_000.5 },
  { failures: 'yes' },
  { s3Down: null },
  { more: 1 },
])('%j is refused', async (wrong) => {
  expect(await post('/break-it', { ...faults, ...wrong })).toBe(400)
})

test.each([
  ['another site', { origin: 'https://evil.example' }],
  ['another site, as browsers say', { 'sec-fetch-site': 'cross-site' }],
  ['a sandboxed page', { origin: 'null' }],
  ['a name that only points here (DNS rebinding)', { host: 'evil.example', origin: 'http://evil.example' }],
])('%s may neither break nor kill it', async (_, headers) => {
  expect(await post('/break-it', faults, headers)).toBe(403)
  expect(await post('/break-it/kill', {}, headers)).toBe(403)
})

test('nor may a stranger', async () => {
  expect(await post('/break-it', faults, { cookie: '' })).toBe(401)
  expect(await post('/break-it/kill', {}, { cookie: '' })).toBe(401)
})

// The demo as a person runs it: one process, its address, Ctrl-C, and the errors that a person can mend.
import { once } from 'node:events'
import { readFile, truncate } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../support/free-port.js'
import { type DemoProcess, startDemoProcess } from './demo-process.js'

let demos: DemoProcess[] = []
afterEach(async () => {
  for (const demo of demos) await demo.end()
  demos = []
})

async function run(environment: Record<string, string>, earlier?: DemoProcess): Promise<DemoProcess> {
  const demo = await startDemoProcess(environment, earlier)
  demos.push(demo)
  return demo
}

/** As the visitor whose cookies these are. @returns the status */
async function createUpload(port: number, cookie: string): Promise<number> {
  const reply = await fetch(`http://localhost:${port}/uploads/create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify({ files: [{ name: 'a.txt', type: 'text/plain', size: 1 }] }),
  })
  return reply.status
}

test('prints its address, serves the page with the embedded store, and stops cleanly on Ctrl-C', async () => {
  const port = await freePort()
  const demo = await run({ PORT: String(port) })
  await demo.untilPrinted('Ctrl-C')
  expect(demo.output()).toContain(`Partway demo: http://localhost:${port}`)
  const page = await fetch(`http://localhost:${port}/`)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<title>Partway')
  expect((await fetch(`http://localhost:${port}/missing`)).status).toBe(404)
  demo.signal('SIGINT')
  expect(await demo.exit).toEqual([0, null])
  expect(demo.output().trim().split('\n')).toHaveLength(3)
})

test('whoever has no identity may not upload; the page gives one, and its files do not', async () => {
  const port = await freePort()
  const demo = await run({ PORT: String(port) })
  await demo.untilPrinted('Ctrl-C')
  const get = (path: string) => fetch(`http://localhost:${port}${path}`)
  const page = await get('/')
  expect(page.headers.getSetCookie()).not.toEqual([])
  const [, script = ''] = /<script [^>]*src="\.?([^"]+)"/.exec(await page.text()) ?? []
  const loaded = await get(script)
  expect(loaded.headers.get('content-type')).toContain('javascript')
  expect(loaded.headers.getSetCookie()).toEqual([])
  const reply = await fetch(`http://localhost:${port}/uploads/create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ files: [{ name: 'a.txt', type: 'text/plain', size: 1 }] }),
  })
  expect(reply.status).toBe(401)
  expect(await reply.json()).toMatchObject({ code: 'not_signed_in' })
})

test('a second demo beside it has files of its own, and the same visitors', async () => {
  const port = await freePort()
  const first = await run({ PORT: String(port) })
  await first.untilPrinted('Ctrl-C')
  expect(first.output()).toContain(`embedded, files in ${join(first.dataFolder, 's3')}\n`)
  const page = await fetch(`http://localhost:${port}/`)
  const cookie = page.headers.getSetCookie().map((line) => line.split(';')[0])
  const secret = await readFile(join(first.dataFolder, 'secret'), 'utf8')

  const secondPort = await freePort()
  const second = await run({ PORT: String(secondPort) }, first)
  await second.untilPrinted('Ctrl-C')
  expect(second.output()).toMatch(
    new RegExp(
      `files in ${join(first.dataFolder, 'demo-2', 's3')}, as another demo \\(process \\d+\\) uses ${join(first.dataFolder, 's3')}\n`,
    ),
  )
  for (const open of [port, secondPort]) expect(await createUpload(open, cookie.join('; '))).toBe(200)
  expect(await readFile(join(first.dataFolder, 'secret'), 'utf8')).toBe(secret)

  second.signal('SIGKILL')
  await second.exit
  const third = await run({ PORT: String(secondPort) }, first)
  await third.untilPrinted(join('demo-2', 's3'))
})

test('a secret and a port that a power cut left empty are made anew', async () => {
  const demo = await run({ PORT: '0' })
  await demo.untilPrinted('Ctrl-C')
  demo.signal('SIGKILL')
  await demo.exit
  for (const name of ['secret', 'port']) await truncate(join(demo.dataFolder, name))
  const next = await run({ PORT: '0' }, demo)
  await next.untilPrinted('Ctrl-C')
  expect(await readFile(join(demo.dataFolder, 'secret'), 'utf8')).toHaveLength(43)
})

test('whoever comes before it is ready is asked to come again', async () => {
  const silentS3 = createServer().listen(0, '127.0.0.1')
  await once(silentS3, 'listening')
  const { port: s3Port } = silentS3.address() as AddressInfo
  const port = await freePort()
  const asked = once(silentS3, 'request')
  await run({
    PORT: String(port),
    S3_ENDPOINT: `http://127.0.0.1:${s3Port}`,
    S3_ACCESS_KEY_ID: 'a',
    S3_SECRET_ACCESS_KEY: 'b',
  })
  await asked
  const reply = await fetch(`http://localhost:${port}/uploads/config`)
  expect(reply.status).toBe(503)
  expect(reply.headers.get('retry-after')).toBe('1')
  silentS3.closeAllConnections()
  silentS3.close()
})

test('a busy port', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await expectRefusal(
    { PORT: String(port) },
    `Port ${port} is taken. Choose another: PORT=${port + 1} npm start`,
  )
  other.close()
})

test('its ports are the ones that a container publishes, at every address', async () => {
  const [port, storePort] = [await freePort(), await freePort()]
  const demo = await run({ PORT: String(port), STORE_PORT: String(storePort), HOST: '0.0.0.0' })
  await demo.untilPrinted('Ctrl-C')
  // Another address of this machine.
  for (const open of [port, storePort]) await (await fetch(`http://127.0.0.2:${open}/`)).text()
  const page = await fetch(`http://localhost:${port}/`)
  expect(page.headers.get('content-security-policy')).toContain(
    `connect-src 'self' http://127.0.0.1:${storePort};`,
  )
  await expectRefusal(
    { PORT: '0', STORE_PORT: String(storePort) },
    `Port ${storePort} is taken. Choose another: STORE_PORT=${storePort + 1}`,
  )
})

test('an S3 that does not answer', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`
  await expectRefusal(
    { PORT: '0', S3_ENDPOINT: endpoint, S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'b' },
    `No S3 answers at ${endpoint} (ECONNREFUSED). Start it, or correct S3_ENDPOINT.`,
  )
})

test.each([
  [{ PORT: '99999' }, 'PORT is "99999": it must be a number from 0 to 65535.'],
  [{ STORE_PORT: 'x' }, 'STORE_PORT is "x": it must be a number from 0 to 65535.'],
  [{ UPLOADS_PER_DAY: '0' }, 'UPLOADS_PER_DAY is "0": it must be a number from 1 to 999999.'],
  [{ S3_ENDPOINT: 'localhost:9000' }, 'S3_ENDPOINT is "localhost:9000": it must be a URL'],
  [{ S3_BUCKET: 'b', S3_ACCESS_KEY_ID: 'a' }, 'S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY go together'],
  [{ S3_BUCKET: 'b', S3_FORCE_PATH_STYLE: 'yes' }, 'S3_FORCE_PATH_STYLE is "yes": it must be true or false.'],
])('settings %j', async (environment, message) => {
  await expectRefusal(environment, message)
})

async function expectRefusal(environment: Record<string, string>, message: string): Promise<void> {
  const demo = await run(environment)
  expect(await demo.exit).toEqual([1, null])
  expect(demo.output().trim().split('\n')).toHaveLength(1)
  expect(demo.output()).toContain(message)
}

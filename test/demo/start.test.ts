// The demo as a person runs it: one process, its address, Ctrl-C, and the errors that a person can mend.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../support/free-port.js'
import { type DemoProcess, startDemoProcess } from './demo-process.js'

let demo: DemoProcess | undefined
afterEach(() => demo?.end())

async function run(environment: Record<string, string>): Promise<DemoProcess> {
  demo = await startDemoProcess(environment)
  return demo
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

test('whoever has no identity may not upload', async () => {
  const port = await freePort()
  const demo = await run({ PORT: String(port) })
  await demo.untilPrinted('Ctrl-C')
  const reply = await fetch(`http://localhost:${port}/uploads/create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ files: [{ name: 'a.txt', type: 'text/plain', size: 1 }] }),
  })
  expect(reply.status).toBe(401)
  expect(await reply.json()).toMatchObject({ code: 'not_signed_in' })
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

test('an S3 that does not answer', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`
  await expectRefusal(
    { PORT: '0', S3_ENDPOINT: endpoint, S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'b' },
    `No S3 answers at ${endpoint} (ECONNREFUSED). Start it, or correct S3_ENDPOINT.`,
  )
})

test.each([
  [{ PORT: '99999' }, 'PORT is "99999": it must be a number from 0 to 65535.'],
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

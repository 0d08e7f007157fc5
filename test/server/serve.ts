// A host app on a port of its own, and typed calls to the native routes in it.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { type PartwayMiddleware, type PartwayOptions, partway } from '@partway/koa'
import Koa from 'koa'
import type { S3UnderTest } from '../support/s3-under-test.js'

export const secrets = ['a secret for tests, long enough to be accepted']

export interface Served {
  origin: string
  /** Open ones. */
  connections(): Promise<number>
  close(): Promise<void>
}

export async function serve(listener: RequestListener): Promise<Served> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    connections: () => promisify(server.getConnections.bind(server))(),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Options for the S3 under test, with both protocols; the owner is whoever the `x-user` header names. */
export function testOptions(
  s3: S3UnderTest,
  bucket: string,
  more: Partial<PartwayOptions> = {},
): PartwayOptions {
  return {
    bucket,
    region: s3.region,
    endpoint: s3.endpoint,
    credentials: (s3.limited ?? s3).credentials,
    forcePathStyle: true,
    owner: (ctx) => ctx.get('x-user') || undefined,
    secrets,
    companion: true,
    // What nobody closes would look around when its store is gone.
    finishEverySeconds: 0,
    ...more,
  } as PartwayOptions
}

export interface HostApp extends Served {
  app: Koa
  uploads: PartwayMiddleware
  /** What reached the host's error log. */
  errors: unknown[]
}

/** A Koa app with the middleware at its root. */
export async function serveApp(options: PartwayOptions): Promise<HostApp> {
  const app = new Koa()
  const errors: unknown[] = []
  app.on('error', (error) => errors.push(error))
  const uploads = partway(options)
  app.use(uploads)
  return { app, uploads, errors, ...(await serve(app.callback())) }
}

export interface Answer<Body> {
  status: number
  headers: Headers
  body: Body
}

/** POSTs JSON as user `ada`, unless told otherwise. */
export async function post<Body>(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<Body>> {
  return await call<Body>(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user': 'ada', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

export async function call<Body>(url: string, init: RequestInit = {}): Promise<Answer<Body>> {
  const response = await fetch(url, { headers: { 'x-user': 'ada' }, ...init })
  const text = await response.text()
  let body: unknown = text
  if (response.headers.get('content-type')?.includes('json')) body = JSON.parse(text)
  return { status: response.status, headers: response.headers, body: body as Body }
}

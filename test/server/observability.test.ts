// Spans for each operation, and no ticket, signature or credential in anything that is logged or told.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { inspect, promisify } from 'node:util'
import { trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { ErrorInfo, Grant } from '@partway/koa'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openS3, type S3UnderTest } from '../support/s3-under-test.js'
import { multipart, openApp, sendAll, sendForm } from './native-client.js'
import { call, secrets } from './serve.js'

const MIB = 1024 ** 2
const film = { name: 'film.mp4', type: 'video/mp4', size: 6 * MIB }
const spans = new InMemorySpanExporter()
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
})
afterAll(async () => {
  trace.disable()
  await s3.close()
})

test('a span for each call and for each file of a call, with what it was about', async () => {
  spans.reset()
  const { bucket, host, create, parts, complete } = await openApp(s3)
  const grant = multipart((await create(film))[0])
  await parts(grant.ticket)
  await complete(grant.ticket)
  const seen = spans
    .getFinishedSpans()
    // Of mounts of other files in this process: this one has no finisher.
    .filter(({ name }) => name !== 'partway.finish')
    .map(({ name, status, attributes }) => ({ name, status, attributes }))
  const about = {
    'partway.upload.id': grant.key.split('/')[1],
    'partway.owner': 'ada',
    'aws.s3.bucket': bucket,
    'aws.s3.key': grant.key,
    'file.size': film.size,
    'partway.request_id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  }
  const ok = { code: 0 }
  expect(seen).toMatchObject([
    { name: 'partway.create.file', status: ok, attributes: about },
    { name: 'partway.create', status: ok },
    { name: 'partway.parts', status: ok, attributes: about },
    { name: 'partway.complete.file', status: { code: 2, message: 'parts_missing' }, attributes: about },
    { name: 'partway.complete', status: ok },
  ])
  await host.close()
})

test('an API that does not load is told once, and costs a host app its spans alone', async () => {
  const app = `
    import { register } from 'node:module'
    const load = (url, context, next) => url.includes('@opentelemetry/api')
      ? { format: 'module', shortCircuit: true, source: 'throw new Error("broken")' }
      : next(url, context)
    register('data:text/javascript,' + encodeURIComponent('export const load = ' + load))
    const { default: Koa } = await import('koa')
    const { partway } = await import('@partway/koa')
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
    const settings = { bucket: 'media', region: 'eu-west-1', owner: 'anonymous', secrets: ['s'.repeat(32)] }
    const server = new Koa().use(partway({ ...settings, credentials })).listen(0, '127.0.0.1', async () => {
      const url = 'http://127.0.0.1:' + server.address().port + '/uploads/create'
      const headers = { 'content-type': 'application/json', connection: 'close' }
      const body = JSON.stringify({ files: ['a', 'b'].map((name) => ({ name, type: '', size: 1 })) })
      console.log((await fetch(url, { method: 'POST', headers, body })).status)
      server.close()
    })`
  const cwd = import.meta.dirname
  const { stdout, stderr } = await promisify(execFile)('node', ['--input-type=module', '-e', app], { cwd })
  expect(stdout).toBe('200\n')
  expect(stderr.match(/goes on without spans: .*broken/g)).toHaveLength(1)
})

test('no secret is logged or told, whatever happens', async () => {
  spans.reset()
  const logged: string[] = []
  const log = (value: unknown) => void logged.push(inspect(value, { depth: 20, maxStringLength: null }))
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...values) => log(values))
  }
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => logged.push(String(text)) > 0)
  const told: [unknown, ErrorInfo][] = []
  const onError = (error: unknown, info: ErrorInfo) => void told.push([error, info])
  const { host, create, sign, parts, complete, abort } = await openApp(s3, {
    onError,
    onCreate: log,
    onComplete: log,
    onAbort: log,
  })
  const tickets: string[] = []
  const signatures: string[] = []
  const note = (grants: Grant[]) => {
    for (const grant of grants) {
      tickets.push(grant.ticket)
      const urls = grant.kind === 'multipart' ? grant.parts.map(({ url }) => url) : []
      signatures.push(...urls.map((url) => new URL(url).searchParams.get('X-Amz-Signature') ?? ''))
      if (grant.kind === 'form')
        signatures.push(grant.fields['X-Amz-Signature'] ?? '', grant.fields.Policy ?? '')
    }
    return grants
  }
  const [large, small, unwanted] = note(await create(film, { ...film, size: 3 }, film)) as [
    Grant,
    Grant,
    Grant,
  ]
  await complete(large.ticket, small.ticket)
  await sendAll(randomBytes(film.size), multipart(large))
  await sendForm(small, randomBytes(3))
  await complete(large.ticket, small.ticket, `${large.ticket}x`)
  await abort(unwanted.ticket, 'no ticket')
  await sign(large.ticket, 7)
  await parts(unwanted.ticket)
  const key = encodeURIComponent(large.key)
  await call(`${host.origin}/uploads/s3/multipart/${large.ticket}?key=${key}`)
  await host.close()

  // S3 fails in every way that the middleware maps, and in one that it leaves to the host.
  const wrongOptions: object[] = [
    { credentials: { ...s3.credentials, secretAccessKey: 'not-the-secret-access-key' } },
    { credentials: { accessKeyId: 'nobody-has-this-id', secretAccessKey: 'not-the-secret-access-key' } },
    { bucket: 'there-is-no-such-bucket' },
    { endpoint: 'http://127.0.0.1:1' },
  ]
  for (const wrong of wrongOptions) {
    const failing = await openApp(s3, { ...wrong, onError })
    await failing.create(film)
    for (const error of failing.host.errors) log(error)
    await failing.host.close()
  }
  write.mockRestore()
  vi.restoreAllMocks()

  const exported = spans
    .getFinishedSpans()
    .map(({ name, attributes, status, events }) => [name, attributes, status, events])
  log(exported)
  for (const entry of told) log(entry)
  expect(told.length).toBeGreaterThan(8)
  const everything = logged.join('\n')
  const forbidden = [
    ...tickets,
    ...signatures,
    ...secrets,
    s3.credentials.secretAccessKey,
    'not-the-secret-access-key',
  ].filter((text) => text !== '')
  expect(forbidden.length).toBeGreaterThan(10)
  expect(forbidden.filter((secret) => everything.includes(secret))).toEqual([])
  // A ticket is recognised by its first characters too, should it be cut.
  expect(everything).not.toContain(large.ticket.slice(0, 60))
  expect(everything).not.toMatch(/X-Amz-Signature=|Authorization: AWS4/i)
})

// JSON that tries to reach what it should not: prototypes, getters, numbers that are none, depth. Never a 500.
import type { ErrorBody } from '@partway/koa'
import { ERROR_CODES, partway } from '@partway/koa'
import Koa from 'koa'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { listContents } from '../s3-contents.js'
import { call, type HostApp, post, serve, serveApp, testOptions } from '../serve.js'

let s3: S3UnderTest
let bucket: string
let host: HostApp

beforeAll(async () => {
  s3 = await openS3()
  bucket = await createBucket(s3.client)
  host = await serveApp(testOptions(s3, bucket))
})
afterAll(async () => {
  await host.close()
  await s3.close()
})

const builtIns = [Object, Array, String, Function].map(({ prototype }) => [
  prototype,
  Reflect.ownKeys(prototype).length,
])
afterEach(async () => {
  expect(
    [Object, Array, String, Function].map(({ prototype }) => [prototype, Reflect.ownKeys(prototype).length]),
  ).toEqual(builtIns)
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
  expect(host.errors).toEqual([])
  expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
})

const routes = ['create', 'sign', 'parts', 'complete', 'abort', 's3/multipart']
const file = '"name": "a", "type": "", "size": 9000000'
const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)

const bodies: [what: string, json: string][] = [
  ['__proto__', '{"__proto__": {"polluted": 1}}'],
  [
    '__proto__ with the fields',
    `{"__proto__": {"files": [{${file}}], "filename": "a", "ticket": "a", "tickets": ["a"]}}`,
  ],
  ['an escaped __proto__', '{"\\u005f\\u005fproto\\u005f\\u005f": {"polluted": 1}}'],
  ['__proto__ of a file', `{"files": [{${file}, "__proto__": {"polluted": 1}}], "filename": "a", "x": 1}`],
  ['__proto__ of metadata', `{"files": [{${file}, "metadata": {"__proto__": "x"}}]}`],
  ['__proto__ as metadata', `{"files": [{${file}, "metadata": {"__proto__": {"polluted": "x"}}}]}`],
  ['constructor.prototype', '{"constructor": {"prototype": {"polluted": 1}}}'],
  [
    'constructor.prototype of metadata',
    `{"files": [{${file}, "metadata": {"constructor": {"prototype": {"polluted": 1}}}}]}`,
  ],
  [
    'toJSON and valueOf',
    `{"files": [{"name": {"toJSON": 1, "toString": 1, "valueOf": 1}, "type": "", "size": 1}], "filename": {"toString": 1}}`,
  ],
  [
    'a length',
    '{"files": {"length": 1, "0": {"name": "a"}}, "tickets": {"length": 1, "0": "a"}, "filename": ["a"]}',
  ],
  ['a then', '{"then": 1, "files": [{"then": "x"}], "tickets": [{"then": 1}]}'],
  ['10,000 levels of lists', `{"files": ${deep('[', ']', 10_000)}}`],
  ['10,000 levels of objects', `{"files": ${deep('{"files":', '}', 10_000).replace(':}', ':1}')}}`],
  ['500,000 levels', deep('[', ']', 500_000)],
  [
    'levels of metadata',
    `{"files": [{${file}, "metadata": {"a": ${deep('[', ']', 10_000)}}}], "filename": "a", "metadata": {"a": ${deep('[', ']', 10_000)}}}`,
  ],
  ['the size 1e400', '{"files": [{"name": "a", "type": "", "size": 1e400}], "filename": 1e400}'],
  ['the size -1e400', '{"files": [{"name": "a", "type": "", "size": -1e400}], "filename": -1e400}'],
  ['the size 1e-400', '{"files": [{"name": "a", "type": "", "size": 0.1e-3}], "filename": 1}'],
  ['the size 2^53', '{"files": [{"name": "a", "type": "", "size": 9007199254740992}], "filename": 1}'],
  ['the size "NaN"', '{"files": [{"name": "a", "type": "", "size": "NaN"}], "filename": null}'],
  ['the size NaN', '{"files": [{"name": "a", "type": "", "size": NaN}]}'],
  ['the size 0x10', '{"files": [{"name": "a", "type": "", "size": 0x10}]}'],
  ['the size true', '{"files": [{"name": "a", "type": "", "size": true}], "filename": true}'],
  ['the size [1]', '{"files": [{"name": "a", "type": "", "size": [1]}], "filename": {}}'],
  ['part numbers that are none', '{"ticket": "a", "parts": [{"partNumber": 1e400}], "filename": 1}'],
  ['a comment', '{"files": [] /* none */}'],
  ['a comma too many', '{"files": [],}'],
  ['text after it', '{} {}'],
  ['a byte order mark', '\uFEFF{"files": 1, "filename": 1}'],
  ['NUL', '\u0000{}'],
  ['text', '"files"'],
  ['null', 'null'],
  ['true', 'true'],
]

describe.each(routes)('POST /%s', (route) => {
  test.each(bodies)('%s', async (_, json) => {
    const { status, body } = await post<ErrorBody>(`${host.origin}/uploads/${route}`, json)
    expect([400, 403, 413]).toContain(status)
    expect(Object.keys(ERROR_CODES)).toContain(body.code)
    expect(JSON.stringify(body).length).toBeLessThan(1000)
  })

  test('bytes that are no UTF-8', async () => {
    const { status } = await call(`${host.origin}/uploads/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user': 'ada' },
      body: Buffer.from([0x7b, 0x22, 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
    })
    expect(status).toBe(400)
  })
})

test('two fields of one name: the last counts, for the limits as for the grant', async () => {
  const limited = await serveApp(testOptions(s3, bucket, { limits: { maxFileSize: 5 } }))
  const twice = (first: number, second: number) =>
    post<{ uploads: object[] }>(
      `${limited.origin}/uploads/create`,
      `{"files": [{"name": "a", "type": "", "size": ${first}, "size": ${second}}]}`,
    )
  expect((await twice(5, 6)).body.uploads).toMatchObject([{ code: 'file_too_large' }])
  const { uploads } = (await twice(6, 5)).body
  const [{ fields }] = uploads as [{ fields: Record<string, string> }]
  const policy = Buffer.from(fields.Policy ?? '', 'base64').toString()
  expect(policy).toContain('["content-length-range",5,5]')
  await limited.close()
})

test('a size of -0 is 0', async () => {
  const body = '{"files": [{"name": "a", "type": "", "size": -0}]}'
  const { body: created } = await post<{ uploads: [{ fields: Record<string, string> }] }>(
    `${host.origin}/uploads/create`,
    body,
  )
  const policy = Buffer.from(created.uploads[0].fields.Policy ?? '', 'base64').toString()
  expect(policy).toContain('["content-length-range",0,0]')
})

test.each([
  'filename=a&__proto__=x',
  'filename=a&__proto__[polluted]=1&constructor[prototype][polluted]=1',
  'filename=a&metadata[constructor]=x&metadata[toString]=y',
  'filename=a&metadata[a][b]=x',
  'filename[]=a',
  'filename=a&metadata=x',
  'filename=a&metadata[]=x',
  'filename=a&metadata[__proto__]=x',
  'filename=a&metadata[__proto__][polluted]=x',
  'filename=a&type[]=x',
  `filename=a&${'x=1&'.repeat(3000)}`,
  'filename=%E0%A4%A&type=%',
  'filename=%00%0d%0a&type=',
  'hasOwnProperty=1&filename=a&length=5',
])('GET /s3/params?%s', async (query) => {
  const { status, body } = await call<Partial<ErrorBody>>(`${host.origin}/uploads/s3/params?${query}`)
  if (status !== 200) expect([status, body.code]).toEqual([400, 'invalid_request'])
})

describe('a body parser in front that gives', () => {
  test.each<[what: string, body: unknown]>([
    ['nothing', null],
    ['text', '{"files": []}'],
    ['an empty text', ''],
    ['bytes', Buffer.from('{}')],
    ['a list', [{ files: [] }]],
    ['a number', 5],
    ['false', false],
    ['a date', new Date()],
    ['a map', new Map([['files', []]])],
    ['an object without a prototype', Object.assign(Object.create(null), { files: 'x', filename: 1 })],
    [
      'own __proto__ fields',
      JSON.parse(`{"__proto__": {"files": [{${file}}], "filename": "a", "tickets": ["a"]}}`),
    ],
    [
      'own __proto__ metadata',
      JSON.parse(`{"files": [{${file}, "metadata": {"__proto__": "x"}}], "filename": 1}`),
    ],
    ['inherited fields', Object.create({ files: [{ name: 'a', type: '', size: 9e6 }], filename: 'a' })],
  ])('%s', async (_, parsed) => {
    const app = new Koa()
    const errors: unknown[] = []
    app.on('error', (error) => errors.push(error))
    app.use(async (ctx, next) => {
      Object.assign(ctx.request, { body: parsed })
      await next()
    })
    app.use(partway(testOptions(s3, bucket)))
    const { origin, close } = await serve(app.callback())
    for (const route of routes) {
      const { status, body } = await post<ErrorBody>(`${origin}/uploads/${route}`, '{}')
      expect([status, body.code]).toEqual([400, 'invalid_request'])
    }
    expect(errors).toEqual([])
    await close()
  })
})

// Names and owners that try to be paths, headers or markup: every object stays below its owner's and its upload's prefix.
import type { CompletedUpload, CreateReply, ErrorBody, FormGrant } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { multipart, openApp, sendAll, sendForm } from '../native-client.js'
import { listContents } from '../s3-contents.js'
import { call, post } from '../serve.js'
import { companion } from './companion-client.js'
import { describeObject } from './describe-object.js'

let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

const formVariable = '$'.concat('{filename}')
const names = [
  ...[
    '.',
    '..',
    './',
    '/',
    '//',
    '\\',
    'a/',
    '/etc/passwd',
    '../../../etc/passwd',
    'a/../../../bob/1/secret',
  ],
  ...[
    '..\\..\\windows\\system32\\cmd.exe',
    '\\\\host\\share\\x',
    'C:\\autoexec.bat',
    'a::$DATA',
    '....//....//x',
  ],
  ...['%2e%2e%2fx', '..%c0%afx', '%00', '%', '.htaccess', '...hidden', '~', '-rf', '--', ' lead', 'trail '],
  ...['CON', 'NUL.txt', 'com1', 'aux.', 'a*b|c<d>e?f:g', 'a?versionId=1#x&acl', 'a+b%20c'],
  ...[
    'a\u0000.png',
    '\u0000',
    'a\r\nx-amz-acl: public-read',
    'a\r\n\r\n<html>',
    'a\u2028b\u2029c',
    '\u0085',
    '\u007F',
  ],
  ...[
    '\u202Egnp.exe',
    '\u200B\u200C\u200D\uFEFF',
    '\u2066a\u2069',
    '\uFFFD',
    '\uFFFE',
    '\u{10FFFF}',
    '\u{E0041}',
  ],
  ...['"', "'", '`id`', '$(id)', 'a"; filename="evil.exe', "a'; DROP TABLE objects; --", 'a;b=c', '\\"'],
  ...['<script>alert(1)</script>.html', ']]>', '&lt;&#x2f;', '{{7*7}}', formVariable, '=cmd|calc'],
  ...[
    '😀.png',
    '👩‍👩‍👧‍👦',
    'e\u0301\u0327',
    'A\u030A',
    '\u2126',
    'İ',
    'ﬀ',
    'ＦＵＬＬ．ｅｘｅ',
    '．．／．．／x',
    '‥',
    '\u0301',
  ],
  ...[
    'n'.repeat(1024),
    '漢'.repeat(1024),
    '😀'.repeat(512),
    '\u0301'.repeat(300),
    `a.${'x'.repeat(1000)}`,
    '.'.repeat(999),
  ],
  ...[
    '__proto__',
    'constructor',
    'partway-id',
    'null',
    'undefined',
    '=?UTF-8?B?ZXZpbA==?=',
    'a =?UTF-8?Q?b?=',
  ],
]

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const ownKey = new RegExp(`^ada/${uuid}/[\\p{L}\\p{M}\\p{N}_-][\\p{L}\\p{M}\\p{N}._-]*$`, 'u')

function expectOwnKey(key: string) {
  expect(key).toMatch(ownKey)
  expect(Buffer.byteLength(key)).toBeLessThanOrEqual('ada/'.length + 37 + 100)
  expect(key.normalize('NFC')).toBe(key)
}

/** RFC 6266: the names that a browser would save under, in order of preference. */
function namesIn(disposition: string): string[] {
  const quoted = '"((?:[^"\\\\]|\\\\.)*)"'
  const form = new RegExp(
    `^attachment(?:; filename=${quoted})?(?:; filename\\*=UTF-8''([\\w%!#$&+.^\`|~-]*))?$`,
  )
  const [match, plain, extended] = form.exec(disposition) ?? []
  expect(match, disposition).toBeDefined()
  return [
    ...(extended === undefined ? [] : [decodeURIComponent(extended)]),
    ...(plain === undefined ? [] : [plain.replace(/\\(.)/g, '$1')]),
  ]
}

describe('file names', () => {
  test('of every kind: safe keys that S3 lists as they are, and the true name for a download', async () => {
    const { bucket, host, create, complete } = await openApp(s3, { multipartThreshold: 0 })
    const grants = (await create(...names.map((name) => ({ name, type: '', size: 1 })))).map(multipart)
    for (const grant of grants) await sendAll(Buffer.from('x'), grant)
    const done = await complete(...grants.map(({ ticket }) => ticket))
    for (const [index, { key, location }] of done.entries()) {
      expectOwnKey(key)
      expect(decodeURIComponent(new URL(location).pathname)).toBe(`/${bucket}/${key}`)
      const { ContentDisposition = '' } = (await describeObject(s3.client, bucket, key)) ?? {}
      const base =
        names[index]
          ?.replace(/[/\\]+$/, '')
          .split(/[/\\]/)
          .at(-1) ?? ''
      const [download = '', fallback = download] = namesIn(ContentDisposition)
      // Browsers decode RFC 2047 in a name that is not extended.
      expect(fallback).not.toContain('=?')
      // No file system has longer names, so they may be cut.
      if (base.length <= 255) expect(download).toBe(base)
      else expect(base.startsWith(download.slice(0, 200))).toBe(true)
    }
    const { objects } = await listContents(s3.client, bucket)
    expect(objects.sort()).toEqual(grants.map(({ key }) => key).sort())
    expect(host.errors).toEqual([])
    await host.close()
  })

  test('of every kind, from a Companion client', async () => {
    const { bucket, host } = await openApp(s3)
    const { create } = companion(host)
    const keys: string[] = []
    for (const filename of names) {
      const { key } = await create({ filename, metadata: { name: filename.slice(0, 100) } })
      expectOwnKey(key)
      keys.push(key)
      const query = new URLSearchParams({ filename, type: '' })
      const { body } = await call<Pick<FormGrant, 'fields'>>(`${host.origin}/uploads/s3/params?${query}`)
      expectOwnKey(body.fields.key ?? '')
    }
    expect((await listContents(s3.client, bucket)).uploads.sort()).toEqual(keys.sort())
    expect(host.errors).toEqual([])
    await host.close()
  })

  test.each(['a\uD800', '\uDC00.png', '\uDFFF\uD800', 'n'.repeat(4096)])(
    '%j, which is no name, is refused',
    async (name) => {
      const { bucket, host } = await openApp(s3)
      const files = [{ name, type: '', size: 1 }]
      const created = await post<ErrorBody>(`${host.origin}/uploads/create`, { files })
      expect(created).toMatchObject({
        status: 400,
        body: { code: 'invalid_request', field: 'files[0].name' },
      })
      expect(await companion(host).create({ filename: name })).toMatchObject({ field: 'filename' })
      expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
      await host.close()
    },
  )

  test('that S3 would fill in arrive as they are, also by form', async () => {
    const { host, create, complete } = await openApp(s3)
    const file = { name: `${formVariable}.png`, type: '', size: 1, metadata: { title: `a ${formVariable}` } }
    const [grant] = (await create(file)) as [FormGrant]
    expect(await sendForm(grant, Buffer.from('x'))).toBe(204)
    expect(await complete(grant.ticket)).toMatchObject([{ size: 1 }])
    await host.close()
  })

  // S3's bounds: 20 KB of fields before the file, 8 KB of headers.
  test('of any allowed length leave a form and a request that S3 takes', async () => {
    const { host, create, complete } = await openApp(s3)
    const file = { name: `${'漢'.repeat(1020)}.png`, type: '', size: 1 }
    const [grant] = (await create(file)) as [FormGrant]
    const { 'Content-Disposition': disposition = '' } = grant.fields
    expect(disposition.length).toBeLessThan(4096)
    expect(namesIn(disposition)[0]).toMatch(/^漢+\.png$/)
    expect(await sendForm(grant, Buffer.from('x'))).toBe(204)
    expect(await complete(grant.ticket)).toMatchObject([{ size: 1 }])
    await host.close()
  })
})

describe('owners', () => {
  const owners = [
    ...[
      'ada',
      'Ada',
      'ada ',
      ' ada',
      'ada/',
      'ada/x',
      '/ada',
      '../ada',
      'ada/..',
      'ada/../bob',
      'bob',
      '.',
      '..',
      '...',
    ],
    ...[
      'ada\\',
      'ada\u0000',
      'ada\n',
      'ada!',
      'ada!2f',
      '!61da',
      '%61da',
      'ada%2F',
      'a',
      'ad',
      'anonymous',
      '__proto__',
    ],
    ...[
      '\u00e4da',
      'a\u0308da',
      'аda',
      'ａda',
      'ada\u200B',
      '😀',
      'o'.repeat(128),
      `${'o'.repeat(127)}p`,
      'ä'.repeat(64),
    ],
    ...['!-47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU', 'x'.repeat(64), 'x'.repeat(65), '!'.repeat(30)],
  ]

  /** Owners that headers cannot hold come encoded. */
  async function openForOwners() {
    const app = await openApp(s3, { owner: (ctx) => JSON.parse(decodeURIComponent(ctx.get('x-user'))) })
    const ask = async <Body>(owner: string, route: string, body: object) =>
      await post<Body>(`${app.host.origin}/uploads/${route}`, body, {
        'x-user': encodeURIComponent(JSON.stringify(owner)),
      })
    const files = [{ name: 'a', type: '', size: 6 * 1024 ** 2 }]
    const create = async (owner: string) => {
      const { body } = await ask<CreateReply>(owner, 'create', { files })
      return multipart(body.uploads[0] as FormGrant)
    }
    return { ...app, ask, create }
  }

  test('that look like paths or like each other: a prefix each, and no way into another', async () => {
    const { host, ask, create } = await openForOwners()
    const grants = []
    for (const owner of owners) grants.push(await create(owner))
    const prefixes = grants.map(({ key }) => key.split('/')[0])
    expect(new Set(prefixes).size).toBe(owners.length)
    for (const { key } of grants)
      expect(key).toMatch(new RegExp(`^[A-Za-z0-9_!-][A-Za-z0-9._!-]{0,63}/${uuid}/a$`))

    const tickets = grants.map(({ ticket }) => ticket)
    for (const [index, owner] of owners.entries()) {
      const { body } = await ask<{ uploads: (CompletedUpload & ErrorBody)[] }>(owner, 'complete', { tickets })
      const codes = body.uploads.map(({ code }) => code)
      expect(codes).toEqual(tickets.map((_, at) => (at === index ? 'parts_missing' : 'ticket_not_yours')))
    }
    await host.close()
  })

  test("that are no text are the host's mistake and let nobody in, for two of them would be one", async () => {
    const { bucket, host, ask } = await openForOwners()
    for (const owner of ['\uD800', '\uD801', 'ada\uDFFF']) {
      const { status } = await ask(owner, 'create', { files: [{ name: 'a', type: '', size: 6 * 1024 ** 2 }] })
      expect(status).toBe(500)
    }
    expect(await listContents(s3.client, bucket)).toEqual({ objects: [], uploads: [] })
    expect(host.errors).toHaveLength(3)
    await host.close()
  })
})

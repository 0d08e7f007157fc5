import { createHmac } from 'node:crypto'
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post'
import { afterAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { md5, outcome, refusal, sha256, someBytes } from './s3-replies.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
const Bucket = await createBucket(client)
afterAll(() => s3.close())

const bytes = new Uint8Array(someBytes(1000))
const accepted = { code: '', status: 204 }
const accessDenied = { code: 'AccessDenied', status: 403 }

const sign = (Key: string, options: Partial<PresignedPostOptions> = {}) =>
  createPresignedPost(client, { Bucket, Key, ...options })

type Fields = Record<string, string>

function toForm(fields: Fields, file = bytes, filename = 'file.bin'): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('file', new Blob([file]), filename)
  return form
}

const post = (url: string, body: BodyInit, headers: Fields = {}) =>
  fetch(url, { method: 'POST', body, headers })

async function read(Key: string): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
  return Body?.transformToByteArray() ?? new Uint8Array()
}

describe('an accepted form', () => {
  test('becomes an object with the type and metadata of its fields', async () => {
    const Fields = { 'Content-Type': 'image/png', 'x-amz-meta-upload': '4711', 'Cache-Control': 'no-store' }
    const { url, fields } = await sign('form ü.png', { Fields })
    const response = await post(url, toForm(fields))
    // Ceph names the ETag only in the document of status 201.
    expect(response.headers.get('etag')).toBe(onCeph ? null : `"${md5(bytes).toString('hex')}"`)
    expect(await outcome(response)).toEqual(accepted)
    expect(sha256(await read('form ü.png'))).toBe(sha256(bytes))
    expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'form ü.png' }))).toMatchObject({
      ContentType: 'image/png',
      // Ceph keeps only the type.
      ...(!onCeph && { CacheControl: 'no-store' }),
      Metadata: { upload: '4711' },
    })
  })

  test.each(['200', '201', '204'])('is answered with success_action_status %s', async (status) => {
    const { url, fields } = await sign(`status-${status}`, { Fields: { success_action_status: status } })
    const response = await post(url, toForm(fields))
    expect(response.status).toBe(Number(status))
    const text = await response.text()
    if (status === '201') {
      expect(text).toContain(`<Bucket>${Bucket}</Bucket>`)
      expect(text).toContain('<Key>status-201</Key>')
      expect(text).toContain(md5(bytes).toString('hex'))
    }
  })

  test('may be named after the file', async () => {
    const { url, fields } = await sign(`inbox/${'$'}{filename}`)
    expect(await outcome(await post(url, toForm(fields, bytes, 'report $& 1.pdf')))).toEqual(accepted)
    expect(sha256(await read('inbox/report $& 1.pdf'))).toBe(sha256(bytes))
  })

  test('may carry fields that begin with x-ignore-', async () => {
    const { url, fields } = await sign('ignored')
    expect(await outcome(await post(url, toForm({ 'x-ignore-me': '1', ...fields })))).toEqual(accepted)
  })

  test('may be empty', async () => {
    const { url, fields } = await sign('empty', { Conditions: [['content-length-range', 0, 0]] })
    expect(await outcome(await post(url, toForm(fields, new Uint8Array())))).toEqual(accepted)
    expect(await read('empty')).toHaveLength(0)
  })
})

describe('content-length-range', () => {
  const Conditions: PresignedPostOptions['Conditions'] = [['content-length-range', 1000, 1000]]

  test('takes the exact size', async () => {
    const { url, fields } = await sign('exact', { Conditions })
    expect(await outcome(await post(url, toForm(fields)))).toEqual(accepted)
  })

  test.each([
    ['EntityTooSmall', 999],
    ['EntityTooLarge', 1001],
    ['EntityTooLarge', 3_000_000],
  ])('%s for %i bytes, and nothing is stored', async (code, size) => {
    const Key = `refused-${size}`
    const { url, fields } = await sign(Key, { Conditions })
    const file = new Uint8Array(someBytes(size))
    expect(await outcome(await post(url, toForm(fields, file)))).toEqual({ code, status: 400 })
    expect(await refusal(read(Key))).toMatchObject({ code: 'NoSuchKey' })
  })
})

describe('conditions', () => {
  const Conditions: PresignedPostOptions['Conditions'] = [
    ['starts-with', '$Content-Type', 'image/'],
    { 'x-amz-meta-owner': 'ann' },
  ]
  const fits = { 'Content-Type': 'image/png', 'x-amz-meta-owner': 'ann' }

  test.each<[string, Fields, object]>([
    ['all met', fits, accepted],
    ['another type', { ...fits, 'Content-Type': 'text/html' }, accessDenied],
    ['another owner', { ...fits, 'x-amz-meta-owner': 'bob' }, accessDenied],
    ['a field is missing', { 'Content-Type': 'image/png' }, accessDenied],
    ['another key', { ...fits, key: 'other' }, accessDenied],
    ['a field that no condition covers', { ...fits, 'x-amz-meta-role': 'admin' }, accessDenied],
  ])('%s', async (_, changes, expected) => {
    const { url, fields } = await sign('conditions', { Conditions })
    expect(await outcome(await post(url, toForm({ ...fields, ...changes })))).toEqual(expected)
  })

  test('the policy is for one bucket', async () => {
    const other = await createBucket(client)
    const { url, fields } = await sign('bucket')
    expect(await outcome(await post(url.replace(Bucket, other), toForm(fields)))).toEqual(accessDenied)
  })

  test('of an expired policy none counts', async () => {
    const { url, fields } = await sign('expired', { Expires: -60 })
    expect(await outcome(await post(url, toForm(fields)))).toEqual(accessDenied)
  })
})

describe('signature', () => {
  const signatureDoesNotMatch = { code: onCeph ? 'AccessDenied' : 'SignatureDoesNotMatch', status: 403 }

  test('a changed policy is refused', async () => {
    const { url, fields } = await sign('mine')
    const policy = JSON.parse(Buffer.from(fields.Policy ?? '', 'base64').toString())
    policy.conditions = policy.conditions.filter((condition: { key?: string }) => condition.key === undefined)
    const changed = { ...fields, Policy: Buffer.from(JSON.stringify(policy)).toString('base64') }
    expect(await outcome(await post(url, toForm(changed)))).toEqual(signatureDoesNotMatch)
  })

  test('one by another secret is refused', async () => {
    const { url, fields } = await sign('mine')
    const forged = createHmac('sha256', 'guess').update('policy').digest('hex')
    const changed = { ...fields, 'X-Amz-Signature': forged }
    expect(await outcome(await post(url, toForm(changed)))).toEqual(signatureDoesNotMatch)
  })

  test('a form without policy is AccessDenied', async () => {
    const { url } = await sign('mine')
    expect(await outcome(await post(url, toForm({ key: 'mine' })))).toEqual(accessDenied)
  })
})

describe('the form itself', () => {
  test.skipIf(onCeph)(
    'a field that could not come back as a header is InvalidArgument (Ceph stores it)',
    async () => {
      const { url, fields } = await sign('split', { Conditions: [['starts-with', '$x-amz-meta-a', '']] })
      const form = toForm({ ...fields, 'x-amz-meta-a': 'x\r\nset-cookie: a=b' })
      expect(await outcome(await post(url, form))).toEqual({ code: 'InvalidArgument', status: 400 })
    },
  )

  test('fields after the file do not count', async () => {
    const { url, fields } = await sign('order')
    const form = new FormData()
    form.set('file', new Blob([bytes]), 'file.bin')
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    expect((await post(url, form)).status).toBeGreaterThanOrEqual(400)
    expect(await refusal(read('order'))).toMatchObject({ code: 'NoSuchKey' })
  })

  test("only the field `file` is the file, also where others have a file name, as Python's requests sends them", async () => {
    const { url, fields } = await sign('named', { Fields: { 'x-amz-meta-by': 'ü' } })
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, new Blob([value]), name)
    form.set('file', new Blob([bytes]), 'file.bin')
    expect(await outcome(await post(url, form))).toEqual(accepted)
    expect(sha256(await read('named'))).toBe(sha256(bytes))
  })

  test('it may be text, without a file name', async () => {
    const { url, fields } = await sign('text')
    const form = toForm(fields)
    form.set('file', 'täxt')
    expect(await outcome(await post(url, form))).toEqual(accepted)
    expect(Buffer.from(await read('text')).toString()).toBe('täxt')
  })

  test('what follows it is ignored: fields, files, another one of that name', async () => {
    const { url, fields } = await sign('followed')
    const form = toForm(fields)
    form.append('key', 'other')
    form.append('more', new Blob(['more']), 'more.bin')
    form.append('file', new Blob(['other']), 'other.bin')
    expect(await outcome(await post(url, form))).toEqual(accepted)
    expect(sha256(await read('followed'))).toBe(sha256(bytes))
  })

  test('without a file it is InvalidArgument (Ceph makes an empty object)', async () => {
    const { url, fields } = await sign('no-file')
    const form = toForm(fields)
    form.delete('file')
    expect(await outcome(await post(url, form))).toEqual(
      onCeph ? accepted : { code: 'InvalidArgument', status: 400 },
    )
  })

  test('one that ends before its last boundary stores nothing', async () => {
    const { url, fields } = await sign('cut')
    const boundary = 'boundary-of-this-test'
    const head = Object.entries({ ...fields })
      .map(
        ([name, value]) =>
          `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      )
      .join('')
    const body = `${head}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\nabc`
    const response = await post(url, body, { 'content-type': `multipart/form-data; boundary=${boundary}` })
    expect(response.status).toBe(400)
    await response.text()
    expect(await refusal(read('cut'))).toMatchObject({ code: 'NoSuchKey' })
  })

  test.skipIf(onCeph)(
    'fields above 20 KB are MaxPostPreDataLengthExceeded (Ceph has another limit)',
    async () => {
      const { url, fields } = await sign('long')
      const form = toForm({ 'x-ignore-long': 'x'.repeat(21_000), ...fields })
      expect(await outcome(await post(url, form))).toEqual({
        code: 'MaxPostPreDataLengthExceeded',
        status: 400,
      })
    },
  )
})

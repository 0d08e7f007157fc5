import {
  type CORSRule,
  DeleteBucketCorsCommand,
  GetBucketCorsCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  PutBucketCorsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { outcome, type Refusal, refusal, signingClient } from './s3-replies.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
const signer = signingClient(s3)
const Bucket = await createBucket(client)
afterAll(async () => {
  signer.destroy()
  await s3.close()
})

const rules: CORSRule[] = [
  {
    ID: 'one page',
    AllowedOrigins: ['https://app.example', 'https://*.preview.example'],
    AllowedMethods: ['PUT', 'POST'],
    AllowedHeaders: ['content-*', 'x-amz-checksum-crc32c'],
    ExposeHeaders: ['ETag', 'x-amz-checksum-crc32c'],
    MaxAgeSeconds: 600,
  },
  { AllowedOrigins: ['http://start*end.example'], AllowedMethods: ['DELETE'], AllowedHeaders: ['*'] },
  { AllowedOrigins: ['*'], AllowedMethods: ['GET', 'HEAD'] },
]

const putRules = (CORSRules: CORSRule[]) =>
  client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }))

beforeAll(() => putRules(rules))

const url = `${s3.endpoint}/${Bucket}/some/key`

function preflight(origin: string, method: string, headers?: string): Promise<Response> {
  return fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      ...(headers !== undefined && { 'access-control-request-headers': headers }),
    },
  })
}

const list = (value: string | null) => (value ?? '').split(',').map((item) => item.trim())

describe('the configuration', () => {
  test('comes back as it was put', async () => {
    const { CORSRules } = await client.send(new GetBucketCorsCommand({ Bucket }))
    expect(CORSRules).toHaveLength(3)
    expect(CORSRules?.[0]).toMatchObject({ ID: 'one page', MaxAgeSeconds: 600 })
    expect([...(CORSRules?.[0]?.AllowedOrigins ?? [])].sort()).toEqual(
      [...(rules[0]?.AllowedOrigins ?? [])].sort(),
    )
  })

  test('can be removed: NoSuchCORSConfiguration, and no page is let in', async () => {
    const other = await createBucket(client)
    await client.send(new DeleteBucketCorsCommand({ Bucket: other }))
    const get = new GetBucketCorsCommand({ Bucket: other })
    expect(await refusal(client.send(get))).toEqual({ code: 'NoSuchCORSConfiguration', status: 404 })
    const response = await fetch(`${s3.endpoint}/${other}/key`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'PUT' },
    })
    await response.text()
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  test.each<[string, CORSRule]>([
    ['two wildcards in an origin', { AllowedOrigins: ['https://*.*'], AllowedMethods: ['GET'] }],
    ['an unknown method', { AllowedOrigins: ['*'], AllowedMethods: ['PATCH'] }],
  ])('%s is refused', async (_, rule) => {
    // Ceph calls it MalformedXML for methods.
    const { status } = await refusal(putRules([rule]))
    expect(status).toBe(400)
  })
})

describe('preflight', () => {
  test('a rule that matches lets the page in', async () => {
    const response = await preflight('https://app.example', 'PUT', 'content-md5, content-type')
    expect(response.status).toBe(200)
    const { headers } = response
    expect(headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(list(headers.get('access-control-allow-methods'))).toContain('PUT')
    expect(list(headers.get('access-control-allow-headers'))).toEqual(['content-md5', 'content-type'])
    expect(list(headers.get('access-control-expose-headers'))).toContain('ETag')
    expect(headers.get('access-control-max-age')).toBe('600')
    expect(list(headers.get('vary'))).toContain('Origin')
  })

  test('header names are compared without case', async () => {
    const response = await preflight('https://app.example', 'PUT', 'X-Amz-Checksum-CRC32C')
    expect(response.status).toBe(200)
  })

  test('a wildcard stands for any text, also none', async () => {
    expect((await preflight('https://42.preview.example', 'PUT')).status).toBe(200)
    expect((await preflight('https://preview.example', 'PUT')).status).toBe(403)
  })

  test('also in the middle of an origin', async () => {
    expect((await preflight('http://startend.example', 'DELETE')).status).toBe(200)
    expect((await preflight('http://start.x.end.example', 'DELETE')).status).toBe(200)
    expect((await preflight('http://start.end.example.org', 'DELETE')).status).toBe(403)
    expect((await preflight('http://xstartend.example', 'DELETE')).status).toBe(403)
  })

  test('any header where a rule has *, and none where it has no header', async () => {
    const response = await preflight('http://startend.example', 'DELETE', 'X-Any,  content-type,x-amz-date')
    expect(response.status).toBe(200)
    expect(
      list(response.headers.get('access-control-allow-headers')).map((name) => name.toLowerCase()),
    ).toEqual(['x-any', 'content-type', 'x-amz-date'])
    expect((await preflight('https://anybody.example', 'GET', 'x-any')).status).toBe(403)
    expect((await preflight('https://anybody.example', 'GET', '')).status).toBe(200)
  })

  test('of a bucket, of a presigned URL, of what is not there, and of what cannot be (Ceph: 400)', async () => {
    const paths = ['', '?list-type=2', '/absent?X-Amz-Signature=x', `/${'x'.repeat(1025)}`]
    for (const path of paths.map((path) => `/${Bucket}${path}`)) {
      const response = await fetch(s3.endpoint + path, {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example', 'access-control-request-method': 'PUT' },
      })
      expect(response.status).toBe(onCeph && path.length > 1024 ? 400 : 200)
    }
  })

  test("an origin of * is answered with * (Ceph: with the page's own)", async () => {
    const response = await preflight('https://anybody.example', 'GET')
    const expected = onCeph ? 'https://anybody.example' : '*'
    expect(response.headers.get('access-control-allow-origin')).toBe(expected)
  })

  test.each([
    ['origin', 'https://evil.example', 'PUT', undefined],
    ['method', 'https://app.example', 'DELETE', undefined],
    ['header', 'https://app.example', 'PUT', 'content-type, x-amz-meta-role'],
    ['case of the origin', 'https://APP.example', 'PUT', undefined],
  ])('no rule for this %s: 403', async (_, origin, method, headers) => {
    const response = await preflight(origin, method, headers)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    // Ceph answers AccessDenied.
    const code = onCeph ? 'AccessDenied' : 'AccessForbidden'
    expect(await outcome(response)).toEqual({ code, status: 403 })
  })

  test('without the headers of a preflight: 400', async () => {
    const response = await fetch(url, { method: 'OPTIONS' })
    expect(response.status).toBe(400)
    await response.text()
  })

  test.skipIf(onCeph)(
    'without a method: 400, but 403 where the bucket has no rules, or is not there (Ceph: 400, 404)',
    async () => {
      const withoutRules = await createBucket(client)
      await client.send(new DeleteBucketCorsCommand({ Bucket: withoutRules }))
      const replies: Refusal[] = []
      for (const bucket of [Bucket, withoutRules, 'no-such-bucket-of-mine']) {
        const headers = { origin: 'https://app.example' }
        const response = await fetch(`${s3.endpoint}/${bucket}/key`, { method: 'OPTIONS', headers })
        replies.push(await outcome(response))
      }
      const forbidden = { code: 'AccessForbidden', status: 403 }
      expect(replies).toEqual([{ code: 'BadRequest', status: 400 }, forbidden, forbidden])
    },
  )
})

describe('the reply to the request itself', () => {
  const put = async (origin: string, body = 'x', query = '') => {
    const signed = await getSignedUrl(signer, new PutObjectCommand({ Bucket, Key: 'cors' }))
    const response = await fetch(signed + query, { method: 'PUT', body, headers: { origin } })
    await response.text()
    return response
  }

  test('can be read by a page that a rule lets in', async () => {
    const { status, headers } = await put('https://app.example')
    expect(status).toBe(200)
    expect(headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(list(headers.get('access-control-expose-headers'))).toContain('ETag')
    expect(list(headers.get('vary'))).toContain('Origin')
  })

  test('is not for other pages, though S3 does what was signed', async () => {
    const { status, headers } = await put('https://evil.example')
    expect(status).toBe(200)
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  test.skipIf(onCeph).each<[string, GetObjectCommandInput, number]>([
    ['what is not there', { Bucket, Key: 'absent' }, 404],
    ['what is unchanged', { Bucket, Key: 'cors', IfNoneMatch: '*' }, 304],
    ['a wrong range', { Bucket, Key: 'cors', Range: 'bytes=9-' }, 416],
    ['what is not implemented', { Bucket, Key: 'cors', VersionId: '1' }, 501],
  ])('%s can be read (Ceph hides errors from pages)', async (_, input, status) => {
    await put('https://app.example')
    const headers: Record<string, string> = { origin: 'https://app.example' }
    if (input.IfNoneMatch) headers['if-none-match'] = input.IfNoneMatch
    if (input.Range) headers.range = input.Range
    const hoisted = new Set(Object.keys(headers))
    const signed = await getSignedUrl(signer, new GetObjectCommand(input), { unhoistableHeaders: hoisted })
    const response = await fetch(signed, { headers })
    await response.text()
    expect(response.status).toBe(status)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('a cache may not give it to another page, though none asked (Ceph: says nothing then)', async () => {
    const signed = await getSignedUrl(signer, new PutObjectCommand({ Bucket, Key: 'cors' }))
    const response = await fetch(signed, { method: 'PUT', body: 'x' })
    await response.text()
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    if (!onCeph) expect(list(response.headers.get('vary'))).toContain('Origin')
  })

  test('goes by the method that a preflight would name, if the request names one', async () => {
    const signed = await getSignedUrl(signer, new PutObjectCommand({ Bucket, Key: 'cors' }))
    const headers = { origin: 'http://startend.example', 'access-control-request-method': 'DELETE' }
    const response = await fetch(signed, { method: 'PUT', body: 'x', headers })
    await response.text()
    expect(response.headers.get('access-control-allow-methods')).toBe('DELETE')
  })

  test('of a key that is too long, too (Ceph hides it); of a URL that cannot be read no bucket is known', async () => {
    const headers = { origin: 'https://anybody.example' }
    const long = await fetch(`${s3.endpoint}/${Bucket}/${'x'.repeat(1025)}`, { headers })
    expect(long.headers.get('access-control-allow-origin')).toBe(onCeph ? null : '*')
    if (!onCeph) expect(await outcome(long)).toEqual({ code: 'KeyTooLongError', status: 400 })
    const unreadable = await fetch(`${s3.endpoint}/${Bucket}/%zz`, { headers })
    expect(unreadable.headers.get('access-control-allow-origin')).toBeNull()
    if (!onCeph) expect(await outcome(unreadable)).toEqual({ code: 'InvalidURI', status: 400 })
  })

  test('a refusal can be read too (Ceph hides it)', async () => {
    const { status, headers } = await put('https://app.example', 'x', '0')
    expect(status).toBe(403)
    expect(headers.get('access-control-allow-origin')).toBe(onCeph ? null : 'https://app.example')
  })
})

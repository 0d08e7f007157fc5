import {
  type CORSRule,
  DeleteBucketCorsCommand,
  GetBucketCorsCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { outcome, refusal, signingClient } from './s3-replies.js'

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
  { AllowedOrigins: ['*'], AllowedMethods: ['GET'] },
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
    expect(CORSRules).toHaveLength(2)
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

  test('a refusal can be read too (Ceph hides it)', async () => {
    const { status, headers } = await put('https://app.example', 'x', '0')
    expect(status).toBe(403)
    expect(headers.get('access-control-allow-origin')).toBe(onCeph ? null : 'https://app.example')
  })
})

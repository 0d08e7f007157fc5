import { request as httpRequest } from 'node:http'
import { GetObjectCommand, ListPartsCommand, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { beginUpload, md5, outcome, sha256, signingClient, someBytes } from './s3-replies.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
const signer = signingClient(s3)
const Bucket = await createBucket(client)
afterAll(async () => {
  signer.destroy()
  await s3.close()
})

const accepted = { code: '', status: 200 }
const signatureDoesNotMatch = { code: 'SignatureDoesNotMatch', status: 403 }

const signPut = (Key: string, options: Parameters<typeof getSignedUrl>[2] = {}) =>
  getSignedUrl(signer, new PutObjectCommand({ Bucket, Key }), options)

const send = async (url: string | URL, body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  outcome(await fetch(url, { method: 'PUT', body, headers }))

const bytes = new Uint8Array(someBytes(1000))

test('an object goes up and comes down by URL', async () => {
  expect(await send(await signPut('a b+ü/c'), bytes)).toEqual(accepted)
  const url = await getSignedUrl(signer, new GetObjectCommand({ Bucket, Key: 'a b+ü/c' }))
  const response = await fetch(url)
  expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(sha256(bytes))
})

test('a part goes up by URL and S3 names its ETag', async () => {
  const upload = await beginUpload(client, Bucket, 'part')
  const url = await getSignedUrl(signer, new UploadPartCommand({ ...upload, PartNumber: 3 }))
  const response = await fetch(url, { method: 'PUT', body: bytes })
  expect(response.status).toBe(200)
  expect(response.headers.get('etag')).toBe(`"${md5(bytes).toString('hex')}"`)
  const { Parts } = await client.send(new ListPartsCommand(upload))
  expect(Parts).toMatchObject([{ PartNumber: 3, Size: 1000 }])
})

describe('the length that was signed', () => {
  const signLength = (ContentLength: number) =>
    getSignedUrl(signer, new PutObjectCommand({ Bucket, Key: 'exact', ContentLength }), {
      signableHeaders: new Set(['host', 'content-length']),
    })

  test('is accepted', async () => {
    expect(await send(await signLength(1000), bytes)).toEqual(accepted)
  })

  test.each([999, 1001])('is the only one: signed for %i, sent 1000', async (length) => {
    expect(await send(await signLength(length), bytes)).toEqual(signatureDoesNotMatch)
  })

  test('cannot be got around by chunked transfer', async () => {
    const url = await signLength(1000)
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(url, { method: 'PUT', headers: { 'transfer-encoding': 'chunked' } })
      request.on('response', (response) => {
        resolve(response.statusCode)
        response.resume()
      })
      request.on('error', reject)
      request.end(bytes)
    })
    expect(status).toBe(403)
  })
})

describe('a URL holds only for what was signed', () => {
  test('not for another key', async () => {
    const url = new URL(await signPut('mine'))
    url.pathname = `/${Bucket}/yours`
    expect(await send(url, bytes)).toEqual(signatureDoesNotMatch)
  })

  test('not for another method', async () => {
    const response = await fetch(await signPut('mine'))
    expect(await outcome(response)).toEqual(signatureDoesNotMatch)
  })

  test('not for another part number', async () => {
    const upload = await beginUpload(client, Bucket, 'part')
    const url = await getSignedUrl(signer, new UploadPartCommand({ ...upload, PartNumber: 3 }))
    expect(await send(url.replace('partNumber=3', 'partNumber=4'), bytes)).toEqual(signatureDoesNotMatch)
  })

  test('not for a longer life', async () => {
    const url = await signPut('mine', { expiresIn: 60 })
    const longer = url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600')
    expect(await send(longer, bytes)).toEqual(signatureDoesNotMatch)
  })

  test('not with a header of Amazon that was not signed (Ceph takes it)', async () => {
    const result = await send(await signPut('meta'), bytes, { 'x-amz-meta-role': 'admin' })
    expect(result).toEqual(onCeph ? accepted : { code: 'AccessDenied', status: 403 })
  })

  test('not with an access key that does not exist', async () => {
    const url = new URL(await signPut('mine'))
    const credential = url.searchParams.get('X-Amz-Credential') ?? ''
    url.searchParams.set('X-Amz-Credential', credential.replace(/^[^/]+/, 'nobody'))
    expect(await send(url, bytes)).toEqual({ code: 'InvalidAccessKeyId', status: 403 })
  })
})

describe('Signature Version 2 is InvalidRequest (Ceph takes it)', () => {
  test.skipIf(onCeph)('in a URL', async () => {
    const query = new URLSearchParams({
      AWSAccessKeyId: 'key',
      Signature: 'c2lnbmF0dXJl',
      Expires: '4102444800',
    })
    const response = await fetch(`${s3.endpoint}/${Bucket}/key?${query}`)
    expect(await outcome(response)).toEqual({ code: 'InvalidRequest', status: 400 })
  })

  test.skipIf(onCeph)('in a header', async () => {
    const headers = { authorization: 'AWS key:c2lnbmF0dXJl', date: new Date().toUTCString() }
    const response = await fetch(`${s3.endpoint}/${Bucket}/key`, { headers })
    expect(await outcome(response)).toEqual({ code: 'InvalidRequest', status: 400 })
  })
})

describe('time', () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)

  test('an expired URL is AccessDenied', async () => {
    const url = await signPut('late', { signingDate: minutesAgo(10), expiresIn: 60 })
    expect(await send(url, bytes)).toEqual({ code: 'AccessDenied', status: 403 })
  })

  test('a URL may be older than a signed request may', async () => {
    const url = await signPut('old', { signingDate: minutesAgo(120), expiresIn: 3 * 60 * 60 })
    expect(await send(url, bytes)).toEqual(accepted)
  })

  test('a URL of the future is refused (Ceph takes it)', async () => {
    const url = await signPut('future', { signingDate: minutesAgo(-120), expiresIn: 60 })
    const result = await send(url, bytes)
    expect(result).toEqual(onCeph ? accepted : { code: 'AccessDenied', status: 403 })
  })

  test('a URL for more than a week is AuthorizationQueryParametersError (Ceph: AccessDenied)', async () => {
    const url = new URL(await signPut('week'))
    url.searchParams.set('X-Amz-Expires', '604801')
    const result = await send(url, bytes)
    expect(result).toEqual(
      onCeph
        ? { code: 'AccessDenied', status: 403 }
        : { code: 'AuthorizationQueryParametersError', status: 400 },
    )
  })
})

describe('the reply', () => {
  test('has the type and disposition that the URL asks for', async () => {
    await client.send(
      new PutObjectCommand({ Bucket, Key: 'override', Body: bytes, ContentType: 'text/plain' }),
    )
    const get = new GetObjectCommand({
      Bucket,
      Key: 'override',
      ResponseContentType: 'application/pdf',
      ResponseContentDisposition: 'attachment; filename="x.pdf"',
    })
    const response = await fetch(await getSignedUrl(signer, get))
    await response.arrayBuffer()
    expect(response.headers.get('content-type')).toBe('application/pdf')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="x.pdf"')
  })

  test('names the request, also when it is refused', async () => {
    const response = await fetch(`${s3.endpoint}/${Bucket}/anonymous`)
    expect(response.headers.get('x-amz-request-id')).toBeTruthy()
    expect(await outcome(response)).toEqual({ code: 'AccessDenied', status: 403 })
  })
})

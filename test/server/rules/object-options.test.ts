// How S3 is to keep the objects: signed into every kind of request, and kept by stores that have it.
import { randomBytes } from 'node:crypto'
import { GetObjectAclCommand, GetObjectTaggingCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import type { Grant, ObjectOptions, PartwayOptions } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { multipart, openApp, sendAll, sendForm } from '../native-client.js'

const MIB = 1024 ** 2
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

type Way = 'parts' | 'form' | 'put'

async function upload(way: Way, object: ObjectOptions) {
  const options: Partial<PartwayOptions> = { object, singleUpload: way === 'put' ? 'put' : 'form' }
  const { bucket, host, create, complete } = await openApp(s3, options)
  const bytes = randomBytes(way === 'parts' ? 6 * MIB : 9)
  const [grant] = (await create({ name: 'a.txt', type: 'text/plain', size: bytes.length })) as [Grant]
  const status = await send(grant, bytes)
  const [done] = await complete(grant.ticket)
  await host.close()
  return { Bucket: bucket, Key: grant.key, grant, status, done }
}

async function send(grant: Grant, bytes: Uint8Array): Promise<number> {
  if (grant.kind === 'form') return await sendForm(grant, bytes)
  if (grant.kind === 'put') {
    const { url, headers } = grant
    return (await fetch(url, { method: 'PUT', headers, body: bytes as BodyInit })).status
  }
  await sendAll(bytes, multipart(grant))
  return 200
}

const ways: Way[] = ['parts', 'form', 'put']

describe.each(ways)('%s', (way) => {
  test('caching and download name', async () => {
    const object = { cacheControl: 'private, max-age=60', contentDisposition: 'inline; filename="a b.txt"' }
    const { Bucket, Key, done } = await upload(way, object)
    expect(done).toMatchObject({ key: Key })
    // Ceph 18 keeps neither of a form POST.
    if (s3.name === 'ceph' && way === 'form') return
    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key }))
    expect(head.CacheControl).toBe(object.cacheControl)
    expect(head.ContentDisposition).toBe(object.contentDisposition)
  })

  test.skipIf(!inject('ceph'))(
    'access, tags and storage class (needs Ceph: the embedded store has none)',
    async () => {
      const tags = { team: 'film + TV', 'a:b': 'ü=1' }
      const object = { acl: 'authenticated-read', storageClass: 'STANDARD', tags }
      const { Bucket, Key, done } = await upload(way, object)
      expect(done).toMatchObject({ key: Key })
      // Ceph 18 does not keep the tags of CreateMultipartUpload.
      const kept = way === 'parts' ? {} : tags
      const { TagSet = [] } = await s3.client.send(new GetObjectTaggingCommand({ Bucket, Key }))
      expect(Object.fromEntries(TagSet.map((tag) => [tag.Key, tag.Value]))).toEqual(kept)
      const { Grants = [] } = await s3.client.send(new GetObjectAclCommand({ Bucket, Key }))
      expect(Grants.map(({ Grantee }) => Grantee?.URI)).toContainEqual(
        expect.stringContaining('AuthenticatedUsers'),
      )
    },
  )
})

const encryption = { serverSideEncryption: 'aws:kms', sseKmsKeyId: 'arn:aws:kms:eu-west-1:1:key/2' } as const

test('encryption is asked for in every kind of request, and cannot be left out', async () => {
  const form = await openApp(s3, { object: encryption })
  const [formGrant] = await form.create({ name: 'a', type: '', size: 1 })
  expect(formGrant).toMatchObject({
    fields: {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': encryption.sseKmsKeyId,
    },
  })
  if (formGrant?.kind === 'form') {
    const { 'x-amz-server-side-encryption': _, ...fields } = formGrant.fields
    expect([400, 403]).toContain(await sendForm({ ...formGrant, fields }, randomBytes(1)))
  }
  const put = await openApp(s3, { object: encryption, singleUpload: 'put' })
  const [putGrant] = await put.create({ name: 'a', type: '', size: 1 })
  if (putGrant?.kind !== 'put') throw new Error('a PUT was expected')
  const signed = new URL(putGrant.url).searchParams.get('X-Amz-SignedHeaders')?.split(';')
  expect(signed).toContain('x-amz-server-side-encryption')
  expect(putGrant.headers['x-amz-server-side-encryption']).toBe('aws:kms')
  await form.host.close()
  await put.host.close()
})

// Access control lists that are disabled, encryption that is acknowledged, and what the store has not.
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketAclCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type ObjectCannedACL,
  type Permission,
  PutBucketAclCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { outcome, refusal, signingClient } from './s3-replies.js'
import { sendTo, signRequest } from './signed-request.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
const signer = signingClient(s3)
const Bucket = await createBucket(client)
const Key = 'key'
beforeAll(() => put())
afterAll(async () => {
  signer.destroy()
  await s3.close()
})

const notImplemented = { code: 'NotImplemented', status: 501 }
const aclRefused = { code: 'AccessControlListNotSupported', status: 400 }

const put = (input: Partial<PutObjectCommandInput> = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...input }))

async function postForm(Fields: Record<string, string>) {
  const { url, fields } = await createPresignedPost(client, { Bucket, Key: 'form', Fields })
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('file', new Blob(['x']))
  return fetch(url, { method: 'POST', body: form })
}

describe('access control lists', () => {
  test.each<ObjectCannedACL>(['private', 'bucket-owner-full-control', 'bucket-owner-read'])(
    '%s changes nothing: the owner has full control',
    async (ACL) => {
      await put({ ACL })
      expect((await postForm({ acl: ACL })).status).toBe(204)
      for (const key of [Key, 'form']) {
        const { Owner, Grants } = await client.send(new GetObjectAclCommand({ Bucket, Key: key }))
        expect(Grants).toMatchObject([
          { Grantee: { ID: Owner?.ID, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' },
        ])
      }
    },
  )

  test('that say what holds anyway can be put, as s3cmd does with a copy', async () => {
    await client.send(new PutObjectAclCommand({ Bucket, Key, ACL: 'private' }))
    await client.send(new PutBucketAclCommand({ Bucket, ACL: 'private' }))
    const { Owner, Grants } = await client.send(new GetObjectAclCommand({ Bucket, Key }))
    await client.send(new PutObjectAclCommand({ Bucket, Key, AccessControlPolicy: { Owner, Grants } }))
    expect((await client.send(new GetObjectAclCommand({ Bucket, Key }))).Grants).toEqual(Grants)
    const absent = new PutObjectAclCommand({ Bucket, Key: 'absent', ACL: 'private' })
    expect(await refusal(client.send(absent))).toMatchObject({ status: 404 })
  })

  test('of a bucket: its owner has full control', async () => {
    const { Owner, Grants } = await client.send(new GetBucketAclCommand({ Bucket }))
    expect(Grants).toContainEqual(
      expect.objectContaining({
        Grantee: expect.objectContaining({ ID: Owner?.ID }),
        Permission: 'FULL_CONTROL',
      }),
    )
  })

  describe.skipIf(onCeph)('that let others in are refused (Ceph has them)', () => {
    test.each<ObjectCannedACL>(['public-read', 'public-read-write', 'authenticated-read', 'aws-exec-read'])(
      '%s',
      async (ACL) => {
        expect(await refusal(put({ ACL, Key: 'public' }))).toEqual(aclRefused)
        const create = new CreateMultipartUploadCommand({ Bucket, Key, ACL })
        expect(await refusal(client.send(create))).toEqual(aclRefused)
        const copy = new CopyObjectCommand({ Bucket, Key: 'public', CopySource: `${Bucket}/${Key}`, ACL })
        expect(await refusal(client.send(copy))).toEqual(aclRefused)
        expect(await outcome(await postForm({ acl: ACL }))).toEqual(aclRefused)
        const head = new HeadObjectCommand({ Bucket, Key: 'public' })
        expect(await refusal(client.send(head))).toMatchObject({ status: 404 })
      },
    )

    test('grants', async () => {
      expect(await refusal(put({ GrantRead: 'id="somebody"' }))).toEqual(aclRefused)
    })

    test('changes', async () => {
      const canned = { Bucket, ACL: 'public-read' } as const
      expect(await refusal(client.send(new PutObjectAclCommand({ ...canned, Key })))).toEqual(aclRefused)
      expect(await refusal(client.send(new PutBucketAclCommand(canned)))).toEqual(aclRefused)
      const { Owner } = await client.send(new GetObjectAclCommand({ Bucket, Key }))
      const grant = (ID: string | undefined, Permission: Permission) => ({
        Grantee: { ID, Type: 'CanonicalUser' } as const,
        Permission,
      })
      for (const Grants of [
        [],
        [grant(Owner?.ID, 'READ')],
        [grant('somebody', 'FULL_CONTROL')],
        [grant(Owner?.ID, 'FULL_CONTROL'), grant('somebody', 'READ')],
      ]) {
        const put = new PutObjectAclCommand({ Bucket, Key, AccessControlPolicy: { Owner, Grants } })
        expect(await refusal(client.send(put))).toEqual(aclRefused)
      }
    })

    test('a new bucket for everybody', async () => {
      const create = new CreateBucketCommand({ Bucket: 'public-bucket', ACL: 'public-read' })
      expect(await refusal(client.send(create))).toEqual({
        code: 'InvalidBucketAclWithObjectOwnership',
        status: 400,
      })
    })

    test('one that S3 does not know is InvalidArgument', async () => {
      const ACL = 'everybody' as ObjectCannedACL
      expect(await refusal(put({ ACL }))).toEqual({ code: 'InvalidArgument', status: 400 })
    })
  })
})

describe.skipIf(onCeph)('encryption (Ceph needs a key store for it)', () => {
  const ServerSideEncryption = 'AES256'

  test('by keys of S3 is acknowledged by every reply', async () => {
    expect(await put({ ServerSideEncryption })).toMatchObject({ ServerSideEncryption })
    for (const Command of [GetObjectCommand, HeadObjectCommand]) {
      const reply = await client.send(new Command({ Bucket, Key }) as GetObjectCommand)
      expect(reply).toMatchObject({ ServerSideEncryption })
    }
    const form = await postForm({ 'x-amz-server-side-encryption': 'AES256' })
    expect(form.headers.get('x-amz-server-side-encryption')).toBe('AES256')
  })

  test('of an upload in parts, too', async () => {
    const created = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ServerSideEncryption }))
    const upload = { Bucket, Key, UploadId: created.UploadId }
    const part = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' }))
    const Parts = [{ PartNumber: 1, ETag: part.ETag }]
    const completed = await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
    )
    for (const reply of [created, part, completed]) expect(reply).toMatchObject({ ServerSideEncryption })
  })

  test('of a copy is what the copy asks for, not what its source has', async () => {
    await put({ ServerSideEncryption })
    const copy = { Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` }
    const plain = await client.send(new CopyObjectCommand(copy))
    expect(plain.ServerSideEncryption).toBeUndefined()
    const asked = await client.send(new CopyObjectCommand({ ...copy, ServerSideEncryption }))
    expect(asked).toMatchObject({ ServerSideEncryption })
    // The one change besides REPLACE that S3 lets an object be copied onto itself for.
    await client.send(new CopyObjectCommand({ ...copy, Key, ServerSideEncryption }))
  })

  test('by other keys is NotImplemented', async () => {
    expect(await refusal(put({ ServerSideEncryption: 'aws:kms' }))).toEqual(notImplemented)
    const form = await postForm({ 'x-amz-server-side-encryption': 'aws:kms' })
    expect(await outcome(form)).toEqual(notImplemented)
    const headers = { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }
    const unhoistableHeaders = new Set(Object.keys(headers))
    for (const command of [
      new GetObjectCommand({ Bucket, Key, SSECustomerAlgorithm: 'AES256' }),
      new PutObjectCommand({ Bucket, Key, SSECustomerAlgorithm: 'AES256' }),
    ]) {
      const url = await getSignedUrl(signer, command as GetObjectCommand, { unhoistableHeaders })
      const method = command instanceof GetObjectCommand ? 'GET' : 'PUT'
      expect(await outcome(await fetch(url, { method, headers }))).toEqual(notImplemented)
    }
  })
})

describe.skipIf(onCeph)('what the store has not is NotImplemented (Ceph has much of it)', () => {
  const subresources = {
    bucket: [
      'accelerate',
      'analytics',
      'encryption',
      'intelligent-tiering',
      'inventory',
      'logging',
      'metrics',
      'notification',
      'object-lock',
      'ownershipControls',
      'policy',
      'policyStatus',
      'publicAccessBlock',
      'replication',
      'requestPayment',
      'tagging',
      'versioning',
      'versions',
      'website',
    ],
    object: ['legal-hold', 'restore', 'retention', 'select', 'torrent', 'versionId=1'],
  }
  const all = [
    ...subresources.bucket.map((name) => ['', name]),
    ...subresources.object.map((name) => [`/${Key}`, name]),
  ]

  test.each(all)('%s?%s', async (path, name) => {
    const target = `/${Bucket}${path}?${name?.includes('=') ? name : `${name}=`}`
    for (const method of ['GET', 'PUT', 'POST', 'DELETE']) {
      const { headers } = signRequest(s3, { method, path: target, payloadHash: 'UNSIGNED-PAYLOAD' })
      expect(await sendTo(s3, method, target, headers)).toMatchObject(notImplemented)
    }
    await client.send(new HeadObjectCommand({ Bucket, Key }))
  })

  test.each(['bucket-region', 'continuation-token', 'max-buckets', 'prefix'])('/?%s', async (name) => {
    const target = `/?${name}=1`
    const { headers } = signRequest(s3, { method: 'GET', path: target, payloadHash: 'UNSIGNED-PAYLOAD' })
    expect(await sendTo(s3, 'GET', target, headers)).toMatchObject(notImplemented)
  })

  test.each<[string, Partial<PutObjectCommandInput>]>([
    ['a storage class', { StorageClass: 'GLACIER' }],
    ['a redirect', { WebsiteRedirectLocation: '/other' }],
    ['a legal hold', { ObjectLockLegalHoldStatus: 'ON' }],
    ['an offset', { WriteOffsetBytes: 1 }],
    ['the account that should own the bucket', { ExpectedBucketOwner: '123456789012' }],
  ])('an object with %s', async (_, input) => {
    expect(await refusal(put(input))).toEqual(notImplemented)
  })
})

// Headers that the SDK moves into the query of a presigned URL.
import {
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, expect, test } from 'vitest'
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

async function put(Key: string, input: Partial<PutObjectCommandInput>): Promise<Refusal> {
  const url = await getSignedUrl(signer, new PutObjectCommand({ Bucket, Key, ...input }))
  return outcome(await fetch(url, { method: 'PUT', body: 'x' }))
}

test('metadata in the query is kept with the object', async () => {
  const Metadata = { upload: '4711', name: 'a b+c' }
  expect(await put('described', { Metadata })).toEqual({ code: '', status: 200 })
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'described' }))
  expect(head.Metadata).toEqual(Metadata)
})

test.skipIf(onCeph)('it may have 2 KB of UTF-8 (Ceph takes more)', async () => {
  const putLetters = (count: number) => put('letters', { Metadata: { a: 'é'.repeat(count) } })
  expect(await putLetters(1023)).toEqual({ code: '', status: 200 })
  expect(await putLetters(1024)).toEqual({ code: 'MetadataTooLarge', status: 400 })
})

test.skipIf(onCeph)('what is refused as a header is refused there, too (Ceph has ACLs)', async () => {
  expect(await put('public', { ACL: 'public-read' })).toEqual({
    code: 'AccessControlListNotSupported',
    status: 400,
  })
  expect(await put('cold', { StorageClass: 'GLACIER' })).toEqual({ code: 'NotImplemented', status: 501 })
  expect(await put('private', { ACL: 'private' })).toEqual({ code: '', status: 200 })
  for (const Key of ['public', 'cold']) {
    expect(await refusal(client.send(new HeadObjectCommand({ Bucket, Key })))).toMatchObject({ status: 404 })
  }
})

test('tags there are none', async () => {
  expect(await put('untagged', { Tagging: 'kind=film' })).toEqual({ code: '', status: 200 })
  const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket, Key: 'untagged' }))
  expect(TagSet).toEqual([])
})

import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketLifecycleCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { afterAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { beginUpload, refusal, sendPart } from './s3-replies.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
afterAll(() => s3.close())

describe('buckets', () => {
  test('a new one is there, listed, and gone when deleted', async () => {
    const Bucket = await createBucket(client)
    await client.send(new HeadBucketCommand({ Bucket }))
    const { Buckets } = await client.send(new ListBucketsCommand())
    expect(Buckets?.map(({ Name }) => Name)).toContain(Bucket)
    await client.send(new DeleteBucketCommand({ Bucket }))
    expect(await refusal(client.send(new HeadBucketCommand({ Bucket })))).toEqual({
      code: 'NotFound',
      status: 404,
    })
    const put = new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' })
    expect(await refusal(client.send(put))).toEqual({ code: 'NoSuchBucket', status: 404 })
  })

  test('creating one again: BucketAlreadyOwnedByYou (Ceph answers as AWS does in us-east-1: 200)', async () => {
    const Bucket = await createBucket(client)
    const again = client.send(new CreateBucketCommand({ Bucket }))
    if (onCeph) expect((await again).$metadata.httpStatusCode).toBe(200)
    else expect(await refusal(again)).toEqual({ code: 'BucketAlreadyOwnedByYou', status: 409 })
  })

  test('one with objects is BucketNotEmpty', async () => {
    const Bucket = await createBucket(client)
    await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
    const remove = () => client.send(new DeleteBucketCommand({ Bucket }))
    expect(await refusal(remove())).toEqual({ code: 'BucketNotEmpty', status: 409 })
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
    await remove()
  })

  test('unfinished uploads go with their bucket', async () => {
    const Bucket = await createBucket(client)
    const upload = await beginUpload(client, Bucket, 'a')
    await sendPart(client, upload, 1, Buffer.from('x'))
    await client.send(new DeleteBucketCommand({ Bucket }))
    expect(await refusal(sendPart(client, upload, 1, Buffer.from('x')))).toMatchObject({ status: 404 })
  })

  test.each(['ab', 'Upper', 'under_score', 'a..b', '192.168.0.1', '-dash', 'x'.repeat(64)])(
    'the name %s is InvalidBucketName',
    async (Bucket) => {
      expect(await refusal(client.send(new CreateBucketCommand({ Bucket })))).toEqual({
        code: 'InvalidBucketName',
        status: 400,
      })
    },
  )
})

describe('lifecycle rules', () => {
  const Rules = [
    {
      ID: 'unfinished',
      Status: 'Enabled' as const,
      Filter: { Prefix: 'uploads/' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
    },
    {
      ID: 'forgotten',
      Status: 'Enabled' as const,
      Filter: { Prefix: '.partway/' },
      Expiration: { Days: 37 },
    },
  ]

  test('are kept, given back and removed', async () => {
    const Bucket = await createBucket(client)
    const get = new GetBucketLifecycleConfigurationCommand({ Bucket })
    const none = { code: 'NoSuchLifecycleConfiguration', status: 404 }
    expect(await refusal(client.send(get))).toEqual(none)
    await client.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
    )
    const { Rules: kept = [] } = await client.send(get)
    expect(kept.toSorted((a, b) => ((a.ID ?? '') < (b.ID ?? '') ? 1 : -1))).toMatchObject(Rules)
    await client.send(new DeleteBucketLifecycleCommand({ Bucket }))
    expect(await refusal(client.send(get))).toEqual(none)
  })

  test.skipIf(onCeph)(
    'that the store would not carry out are NotImplemented (Ceph knows dates)',
    async () => {
      const Bucket = await createBucket(client)
      const Expiration = { Date: new Date('2030-01-01') }
      const rule = { Status: 'Enabled' as const, Filter: { Prefix: '' }, Expiration }
      const put = new PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: { Rules: [rule] },
      })
      expect(await refusal(client.send(put))).toEqual({ code: 'NotImplemented', status: 501 })
    },
  )
})

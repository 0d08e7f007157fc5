import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketLifecycleCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { type Store, startStore } from '@partway/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

  test('creating one again in us-east-1 changes nothing', async () => {
    const Bucket = await createBucket(client)
    await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
    await client.send(new CreateBucketCommand({ Bucket }))
    await client.send(new HeadObjectCommand({ Bucket, Key: 'a' }))
  })

  test.skipIf(onCeph)('of the store are one owner’s (Ceph names its user)', async () => {
    const { Owner } = await client.send(new ListBucketsCommand())
    expect(Owner?.ID).toMatch(/^[0-9a-f]{64}$/)
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

describe('regions', () => {
  const create = (client: S3Client, LocationConstraint?: string) =>
    client.send(
      new CreateBucketCommand({
        Bucket: `test-${randomUUID()}`,
        ...(LocationConstraint && {
          CreateBucketConfiguration: { LocationConstraint: LocationConstraint as BucketLocationConstraint },
        }),
      }),
    )

  test('a bucket in us-east-1 has no location constraint (Ceph names its own region)', async () => {
    const Bucket = await createBucket(client)
    const { LocationConstraint } = await client.send(new GetBucketLocationCommand({ Bucket }))
    if (onCeph) expect(LocationConstraint).toBe('default')
    else expect(LocationConstraint).toBeUndefined()
  })

  test('a bucket in another region than that of the request is refused', async () => {
    // Ceph knows no other region.
    const code = onCeph ? 'InvalidLocationConstraint' : 'IllegalLocationConstraintException'
    expect(await refusal(create(client, 'eu-central-1'))).toEqual({ code, status: 400 })
  })

  test('us-east-1 cannot be named as a constraint', async () => {
    expect(await refusal(create(client, 'us-east-1'))).toEqual({
      code: 'InvalidLocationConstraint',
      status: 400,
    })
  })

  describe.skipIf(onCeph)('elsewhere (Ceph here has one region)', () => {
    const region = 'eu-central-1'
    const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded-secret' }
    let store: Store
    let elsewhere: S3Client
    let dataFolder = ''

    beforeAll(async () => {
      dataFolder = await mkdtemp(join(tmpdir(), 'partway-region-'))
      store = await startStore({ dataFolder, region, ...credentials })
      const { endpoint } = store
      elsewhere = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
    })
    afterAll(async () => {
      elsewhere.destroy()
      await store.close()
      await rm(dataFolder, { recursive: true })
    })

    test('the constraint is the region, which GetBucketLocation and HeadBucket tell', async () => {
      const Bucket = 'constrained'
      const CreateBucketConfiguration = { LocationConstraint: region } as const
      await elsewhere.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
      const { LocationConstraint } = await elsewhere.send(new GetBucketLocationCommand({ Bucket }))
      expect(LocationConstraint).toBe(region)
      expect((await elsewhere.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe(region)
      const again = new CreateBucketCommand({ Bucket, CreateBucketConfiguration })
      expect(await refusal(elsewhere.send(again))).toEqual({ code: 'BucketAlreadyOwnedByYou', status: 409 })
    })

    test('another constraint is IllegalLocationConstraintException', async () => {
      const illegal = { code: 'IllegalLocationConstraintException', status: 400 }
      expect(await refusal(create(elsewhere, 'eu-west-1'))).toEqual(illegal)
    })
  })
})

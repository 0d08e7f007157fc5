// What only a store with versions, several users and its own clock can show.
import {
  type BucketVersioningStatus,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { grantLeastPrivilege } from '../../../support/least-privilege.js'
import { openS3, type S3UnderTest } from '../../../support/s3-under-test.js'
import { createHealthyBucket, examine, expectFailed, stepOf } from './set-up.js'

const ceph = inject('ceph')
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

describe.skipIf(!ceph)('a bucket that keeps versions (only on Ceph: the embedded store has none)', () => {
  async function createVersioned(): Promise<string> {
    const bucket = await createHealthyBucket(s3)
    const Status: BucketVersioningStatus = 'Enabled'
    await s3.client.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } }),
    )
    return bucket
  }

  async function countVersions(bucket: string): Promise<number> {
    const { Versions = [], DeleteMarkers = [] } = await s3.client.send(
      new ListObjectVersionsCommand({ Bucket: bucket }),
    )
    return Versions.length + DeleteMarkers.length
  }

  test('old versions are removed too', async () => {
    const bucket = await createVersioned()
    const report = await examine(s3, bucket)
    expectFailed(report, [])
    expect(report.leftBehind).toEqual([])
    expect(await countVersions(bucket)).toBe(0)
  })

  test('what the credentials may not remove is told', async () => {
    const bucket = await createVersioned()
    const report = await examine(s3, bucket, { credentials: s3.limited?.credentials ?? s3.credentials })
    expectFailed(report, [])
    expect(await countVersions(bucket)).toBeGreaterThan(0)
    expect(stepOf(report, 'clean-up')).toMatchObject({ state: 'info' })
    expect(report.leftBehind).toEqual([
      expect.stringMatching(/^partway-doctor\/.*\/\* \(old versions\)$/),
      expect.stringMatching(/^\.partway\/partway-doctor\/.*\/\* \(old versions\)$/),
    ])
  })
})

test.skipIf(!ceph)(
  'with a signing client that may not read, nothing can be copied (only on Ceph: it alone needs one)',
  async () => {
    if (!ceph) return
    const bucket = await createHealthyBucket(s3)
    const { accessKeyId, secretAccessKey, principal } = ceph.issuer
    await grantLeastPrivilege(s3.client, bucket, { ...ceph, signer: principal })
    const signingClient = new S3Client({
      endpoint: s3.endpoint,
      region: s3.region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    })
    onTestFinished(() => signingClient.destroy())
    const report = await examine(s3, bucket, { signingClient })
    expectFailed(report, [])
    expect(stepOf(report, 'signed headers')).toMatchObject({ state: 'ok' })
    expect(report.leftBehind).toEqual([])
  },
)

// The bucket itself.
import { CreateBucketCommand, ListObjectsV2Command, waitUntilBucketExists } from '@aws-sdk/client-s3'
import { BucketError } from '../bucket-error.js'
import type { OpenBucket } from '../open-bucket.js'
import { describeBadName, failureName } from '../to-bucket-error.js'
import type { Setting } from './setting.js'

export const existence: Setting = {
  name: 'bucket',
  instead: 'Create the bucket as your store does it.',

  async inspect(bucket) {
    const region = await bucket.attempt('s3:ListBucket', bucket.client.config.region())
    if (await exists(bucket)) return { state: 'unchanged', detail: `"${bucket.bucket}" is there` }
    if (!isName(bucket.bucket)) throw new BucketError('invalid_bucket_name', describeBadName(bucket.bucket))
    return {
      state: 'create',
      detail: `"${bucket.bucket}" in ${region}`,
      apply: () => create(bucket, region),
    }
  },
}

// The naming rules of all stores, so that the plan can report a bad name; older buckets may break them. AWS has a few more.
// Source: "General purpose bucket naming rules".
function isName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !/\.\.|^\d+(\.\d+){3}$/.test(name)
}

// Not a HEAD: its reply has no body that says why it is refused.
async function exists({ client, bucket, limit, attempt }: OpenBucket): Promise<boolean> {
  const listed = client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 }), limit())
  try {
    await attempt('s3:ListBucket', listed)
    return true
  } catch (error) {
    if (error instanceof BucketError && error.code === 'no_such_bucket') return false
    throw error
  }
}

async function create({ client, bucket, limit, attempt }: OpenBucket, region: string): Promise<undefined> {
  // The SDK sends the region as LocationConstraint if S3 wants one.
  const created = client
    .send(new CreateBucketCommand({ Bucket: bucket }), limit())
    .catch((error: unknown) => {
      if (failureName(error) !== 'InvalidLocationConstraint') throw error
      throw new BucketError(
        's3_refused',
        `This store has no region "${region}". Configure its own, which is us-east-1 for most stores.`,
        { cause: error },
      )
    })
  await attempt('s3:CreateBucket', created)
  const { abortSignal } = limit()
  const found = waitUntilBucketExists({ client, maxWaitTime: 30, abortSignal }, { Bucket: bucket })
  await attempt('s3:ListBucket', found)
  return undefined
}

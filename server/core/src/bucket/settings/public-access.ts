// Blocks access to the bucket without credentials, whatever ACLs and policies say.
import {
  DeletePublicAccessBlockCommand,
  type PublicAccessBlockConfiguration,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3'
import { getPublicAccessBlock } from '../../s3/get-public-access-block.js'
import { BucketError } from '../bucket-error.js'
import type { OpenBucket } from '../open-bucket.js'
import { readSetting, type Setting, type Wanted } from './setting.js'
import { tryUpload } from './try-upload.js'

// With these, no ACL and no policy makes anything public; the other two refuse to set such ones.
const BLOCKING = { IgnorePublicAcls: true, RestrictPublicBuckets: true }
const REFUSING_TOO = { ...BLOCKING, BlockPublicAcls: true, BlockPublicPolicy: true }

export const publicAccess: Setting = {
  name: 'public-access',
  instead: 'Make sure that the bucket is private: such stores keep buckets private unless told otherwise.',

  async inspect(bucket, { prefix }) {
    const before = await read(bucket)
    const isBlocked = Object.keys(BLOCKING).every((name) => before?.[name as keyof typeof BLOCKING])
    if (isBlocked)
      return { state: 'unchanged', detail: 'public ACLs are ignored, and public policies restricted' }
    return {
      state: before ? 'change' : 'create',
      detail: 'block all public access',
      apply: () => block(bucket, before, prefix),
    }
  },
}

async function read(bucket: OpenBucket): Promise<PublicAccessBlockConfiguration | undefined> {
  const { client, limit } = bucket
  const found = await readSetting(
    bucket,
    's3:GetBucketPublicAccessBlock',
    'NoSuchPublicAccessBlockConfiguration',
    client.send(getPublicAccessBlock(bucket.bucket), limit()),
  )
  return found?.PublicAccessBlockConfiguration
}

// Ceph 18 accepts BlockPublicAcls and then refuses every upload, so a trial upload follows. With BlockPublicPolicy it
// refuses every bucket policy, and the app may need one; RestrictPublicBuckets has no effect there.
async function block(
  bucket: OpenBucket,
  before: PublicAccessBlockConfiguration | undefined,
  prefix: Wanted['prefix'],
): Promise<string | undefined> {
  const canTell = (await tryUpload(bucket, prefix)) === undefined
  await write(bucket, REFUSING_TOO)
  if (!canTell || !(await tryUpload(bucket, prefix))) return undefined
  await write(bucket, { ...before, ...BLOCKING })
  if (!(await tryUpload(bucket, prefix))) {
    return 'ignore public ACLs; not BlockPublicAcls and BlockPublicPolicy, with which stores like this one (Ceph) refuse all uploads and bucket policies'
  }
  await write(bucket, before)
  throw new BucketError('not_supported', 'This store refuses uploads once public access is blocked.')
}

async function write(
  { client, bucket, limit, attempt }: OpenBucket,
  configuration: PublicAccessBlockConfiguration | undefined,
): Promise<void> {
  const target = { Bucket: bucket }
  const sent = configuration
    ? client.send(
        new PutPublicAccessBlockCommand({ ...target, PublicAccessBlockConfiguration: configuration }),
        limit(),
      )
    : client.send(new DeletePublicAccessBlockCommand(target), limit())
  await attempt('s3:PutBucketPublicAccessBlock', sent)
}

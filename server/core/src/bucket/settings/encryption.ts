// Encrypts objects at rest by default, with S3's own keys unless others are set.
import {
  GetBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3'
import { BucketError, type BucketErrorCode } from '../bucket-error.js'
import type { OpenBucket } from '../open-bucket.js'
import { readSetting, type Setting } from './setting.js'
import { tryUpload } from './try-upload.js'

const SSE_S3: ServerSideEncryptionRule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }

export const encryption: Setting = {
  name: 'encryption',
  instead: 'Such stores encrypt their disks, or do not encrypt.',

  async inspect(bucket, { prefix }) {
    const algorithm = await readAlgorithm(bucket)
    if (algorithm) return { state: 'unchanged', detail: `objects are encrypted by default (${algorithm})` }
    await checkKeys(bucket, prefix)
    return {
      state: 'create',
      detail: 'encrypt objects by default (AES256)',
      apply: () => encrypt(bucket),
    }
  },
}

async function readAlgorithm(bucket: OpenBucket): Promise<string | undefined> {
  const found = await readSetting(
    bucket,
    's3:GetEncryptionConfiguration',
    'ServerSideEncryptionConfigurationNotFoundError',
    bucket.client.send(new GetBucketEncryptionCommand({ Bucket: bucket.bucket }), bucket.limit()),
  )
  const [rule] = found?.ServerSideEncryptionConfiguration?.Rules ?? []
  return rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm
}

// Ceph accepts the setting even without keys to encrypt with, and then refuses every upload. AWS always has the setting, so
// nothing is tried there.
async function checkKeys(bucket: OpenBucket, prefix: string): Promise<void> {
  const refusal = await tryUpload(bucket, prefix, { ServerSideEncryption: 'AES256' })
  if (!refusal || SAYS_NOTHING.includes(refusal.code)) return
  throw new BucketError('not_supported', 'This store has no keys to encrypt with.', { cause: refusal })
}

const SAYS_NOTHING: readonly BucketErrorCode[] = ['access_denied', 'no_such_bucket']

async function encrypt({ client, bucket, limit, attempt }: OpenBucket): Promise<undefined> {
  const command = new PutBucketEncryptionCommand({
    Bucket: bucket,
    ServerSideEncryptionConfiguration: { Rules: [SSE_S3] },
  })
  await attempt('s3:PutEncryptionConfiguration', client.send(command, limit()))
  return undefined
}

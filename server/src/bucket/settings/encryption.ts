// Objects are encrypted at rest, with S3's own keys unless somebody chose others.
import {
  GetBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3'
import { BucketError } from '../bucket-error.js'
import type { OpenBucket } from '../open-bucket.js'
import { readSetting, type Setting } from './setting.js'
import { tryUpload } from './try-upload.js'

const SSE_S3: ServerSideEncryptionRule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }

export const encryption: Setting = {
  name: 'encryption',
  instead: 'Such stores encrypt, if at all, where they keep their data.',

  async inspect(bucket, { prefix }) {
    const algorithm = await readAlgorithm(bucket)
    if (algorithm) return { state: 'unchanged', detail: `objects are encrypted by default (${algorithm})` }
    return {
      state: 'create',
      detail: 'encrypt objects by default (AES256)',
      apply: () => encrypt(bucket, prefix),
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

// Ceph takes the setting also where it has no keys to encrypt with, and then refuses every upload.
async function encrypt(bucket: OpenBucket, prefix: string): Promise<undefined> {
  const refusal = await tryUpload(bucket, prefix, { ServerSideEncryption: 'AES256' })
  if (refusal && refusal.code !== 'access_denied') {
    throw new BucketError('not_supported', 'This store has no keys to encrypt with.', { cause: refusal })
  }
  const command = new PutBucketEncryptionCommand({
    Bucket: bucket.bucket,
    ServerSideEncryptionConfiguration: { Rules: [SSE_S3] },
  })
  await bucket.attempt('s3:PutEncryptionConfiguration', bucket.client.send(command, bucket.limit()))
  return undefined
}

// Whether the bucket accepts uploads: some stores accept a setting, then refuse all uploads.
import { randomUUID } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { BucketError } from '../bucket-error.js'
import type { OpenBucket } from '../open-bucket.js'

/**
 * Creates an upload, sends an empty part and aborts it: this leaves nothing behind, even if versions or locks keep objects.
 *
 * @param more further parameters of the upload
 * @returns the refusal, `undefined` if it succeeded
 */
export async function tryUpload(
  { client, bucket, limit, attempt }: OpenBucket,
  prefix: string,
  more: Partial<CreateMultipartUploadCommandInput> = {},
): Promise<BucketError | undefined> {
  const object = { Bucket: bucket, Key: `${prefix}partway-setup-${randomUUID()}` }
  try {
    const create = client.send(new CreateMultipartUploadCommand({ ...object, ...more }), limit())
    const { UploadId } = await attempt('s3:PutObject', create)
    try {
      const part = new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: '' })
      await attempt('s3:PutObject', client.send(part, limit()))
    } finally {
      const abort = new AbortMultipartUploadCommand({ ...object, UploadId })
      await attempt('s3:AbortMultipartUpload', client.send(abort, limit()))
    }
    return undefined
  } catch (error) {
    if (error instanceof BucketError && REFUSALS.has(error.code)) return error
    throw error
  }
}

const REFUSALS = new Set<string>(['access_denied', 's3_refused', 'not_supported', 'no_such_bucket'])

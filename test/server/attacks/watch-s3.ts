// An S3 client that notes what is sent to S3, and for whom.
import { AsyncLocalStorage } from 'node:async_hooks'
import { S3Client } from '@aws-sdk/client-s3'
import type { S3UnderTest } from '../../support/s3-under-test.js'

export interface S3Call {
  /** Who was calling the server. */
  owner: string | undefined
  /** Such as `ListPartsCommand`. */
  command: string
  bucket: string | undefined
  /** Or what the keys of a list start with. */
  key: string | undefined
  uploadId: string | undefined
}

interface CommandFields {
  Bucket?: string
  Key?: string
  Prefix?: string
  UploadId?: string
}

export function watchS3({ endpoint, region, credentials }: S3UnderTest) {
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  const caller = new AsyncLocalStorage<string>()
  const calls: S3Call[] = []
  /** Of every upload that was created: for whom, and of what key. */
  const uploads = new Map<string, Pick<S3Call, 'owner' | 'key'>>()
  client.middlewareStack.add(
    (next, { commandName: command = '' }) =>
      async (args) => {
        const { Bucket, Prefix, Key = Prefix, UploadId } = args.input as CommandFields
        const owner = caller.getStore()
        calls.push({ owner, command, bucket: Bucket, key: Key, uploadId: UploadId })
        const result = await next(args)
        const { UploadId: created } = result.output as CommandFields
        if (command === 'CreateMultipartUploadCommand' && created) uploads.set(created, { owner, key: Key })
        return result
      },
    // After all that only prepares a request, before what repeats it.
    { step: 'finalizeRequest', priority: 'high' },
  )
  return { client, caller, calls, uploads }
}

// ListObjectsV2: what keys start with.
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import type { ListedObject, ObjectsPage } from './s3.js'
import { rethrow } from './s3-errors.js'
import { quote } from './sdk-shapes.js'

/** By key, at most 1,000. Whatever S3 fails with, nothing is found: who needs to know asks for the object itself. */
export async function listObjects(
  client: S3Client,
  bucket: string,
  prefix: string,
  limit: { abortSignal: AbortSignal },
): Promise<Map<string, ListedObject>> {
  const objects = new Map<string, ListedObject>()
  const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix })
  const { Contents = [] } = await client.send(command, limit).catch(() => ({ Contents: [] }))
  for (const { Key = '', Size = 0, ETag } of Contents) objects.set(Key, { size: Size, etag: quote(ETag) })
  return objects
}

/** A page of 1,000, in the order of the keys. @param query.after a key: those behind it */
export async function listPage(
  client: S3Client,
  { bucket, prefix, after }: { bucket: string; prefix: string; after: string | undefined },
  limit: { abortSignal: AbortSignal },
): Promise<ObjectsPage> {
  const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, StartAfter: after })
  const { Contents = [], IsTruncated = false } = await client
    .send(command, limit)
    .catch(rethrow('s3:ListBucket'))
  const objects = Contents.map(({ Key = '', LastModified }) => ({
    key: Key,
    modifiedAt: LastModified?.getTime() ?? 0,
  }))
  return { objects, isLast: !IsTruncated }
}

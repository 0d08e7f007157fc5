// ListObjectsV2: lists objects by key prefix.
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import type { ListedObject, ObjectsPage } from './s3.js'
import { rethrow } from './s3-errors.js'
import { quote } from './sdk-shapes.js'

/** By key, at most 1,000. Finds nothing if S3 fails: the caller then sends a HEAD for each object. */
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

/** A page of 1,000, in key order. @param query.after lists only keys after this one */
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

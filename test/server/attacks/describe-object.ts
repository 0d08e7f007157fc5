// All that S3 tells of an object and that an upload could have set.
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'

/** `undefined`: there is none. What differs from one upload to the next, or from store to store, is left out. */
export async function describeObject(client: S3Client, bucket: string, key: string) {
  const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).catch((error) => {
    if (error.name !== 'NotFound') throw error
  })
  if (!head) return undefined
  const { $metadata: _, AcceptRanges, LastModified, ETag, Metadata = {}, ...set } = head
  const { 'partway-id': id = 'none', ...metadata } = Metadata
  return { ...set, metadata, hasOwnId: key.includes(id) }
}

// A bucket that is there, whether or not an earlier command of the docs has made it. A later one finds it as it was.
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'

/** In the store that the environment names. */
export async function withBucket<Result>(bucket: string, run: () => Promise<Result>): Promise<Result> {
  const client = new S3Client({ forcePathStyle: true })
  const isNew = await client.send(new HeadBucketCommand({ Bucket: bucket })).then(
    () => false,
    () => true,
  )
  if (isNew) await client.send(new CreateBucketCommand({ Bucket: bucket }))
  try {
    return await run()
  } finally {
    // Its own goes as a whole.
    const Prefix = isNew ? '' : '.partway/'
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }))
    for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
    if (isNew) await client.send(new DeleteBucketCommand({ Bucket: bucket }))
    client.destroy()
  }
}

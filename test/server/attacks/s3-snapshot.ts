// All that a bucket holds, to show that an attack changed none of it.
import {
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3'

export interface Snapshot {
  /** Key, size and ETag of each. */
  objects: string[]
  /** Key, upload id and what has arrived of each. */
  uploads: string[]
}

export async function takeSnapshot(client: S3Client, bucket: string): Promise<Snapshot> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
  return {
    objects: Contents.map(({ Key, Size, ETag }) => `${Key} ${Size} ${ETag}`),
    uploads: await Promise.all(Uploads.map((upload) => describeUpload(client, bucket, upload))),
  }
}

async function describeUpload(client: S3Client, bucket: string, { Key, UploadId }: MultipartUpload) {
  const { Parts = [] } = await client.send(new ListPartsCommand({ Bucket: bucket, Key, UploadId }))
  return [Key, UploadId, ...Parts.map(({ PartNumber, Size, ETag }) => `${PartNumber}:${Size}:${ETag}`)].join(
    ' ',
  )
}

// What a bucket holds: finished objects and the parts of unfinished uploads.
import {
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type MultipartUpload,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3'

/** What was uploaded. */
export async function objectKeys(client: S3Client, bucket: string): Promise<string[]> {
  return (await allKeys(client, bucket)).filter((key) => !key.startsWith(JOURNAL))
}

/** What the server remembers of unfinished uploads. */
export async function journalKeys(client: S3Client, bucket: string): Promise<string[]> {
  return (await allKeys(client, bucket)).filter((key) => key.startsWith(JOURNAL))
}

const JOURNAL = '.partway/'

async function allKeys(client: S3Client, bucket: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
    keys.push(...Contents.flatMap(({ Key }) => Key ?? []))
  }
  return keys
}

export async function unfinishedUploads(client: S3Client, bucket: string): Promise<MultipartUpload[]> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
  return Uploads
}

/** Part numbers of one unfinished upload of at most 1,000 parts. */
export async function storedParts(
  client: S3Client,
  bucket: string,
  upload: MultipartUpload,
): Promise<number[]> {
  const input = { Bucket: bucket, Key: upload.Key, UploadId: upload.UploadId }
  const { Parts = [] } = await client.send(new ListPartsCommand(input))
  return Parts.flatMap(({ PartNumber }) => PartNumber ?? [])
}

/** Part numbers that S3 has of the one unfinished upload in the bucket. */
export async function partsOfOnlyUpload(client: S3Client, bucket: string): Promise<number[]> {
  const uploads = await unfinishedUploads(client, bucket)
  const [upload] = uploads
  if (!upload || uploads.length > 1) throw new Error(`${uploads.length} unfinished uploads, expected one`)
  return await storedParts(client, bucket, upload)
}

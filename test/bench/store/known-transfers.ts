// What the `raw` clients are given: every request of an upload, signed before the clock starts.
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { SourceFile } from '../../support/files.js'
import type { KnownTransfer } from '../page/page-client.js'

const PART_BYTES = 8 * 1024 ** 2

export interface KnownUploads {
  transfers: KnownTransfer[]
  /** Makes objects of the parts, after the clock has stopped. */
  complete(): Promise<void>
}

interface Multipart {
  Bucket: string
  Key: string
  UploadId: string | undefined
}

/** @param form whether files of one part go by form POST in place of PUT */
export async function signKnownTransfers(
  client: S3Client,
  bucket: string,
  files: SourceFile[],
  form: boolean,
): Promise<KnownUploads> {
  // The SDK would sign the checksum of an empty body.
  client.config.requestChecksumCalculation = async () => 'WHEN_REQUIRED'
  const transfers: KnownTransfer[] = []
  const uploads: Multipart[] = []
  for (const [file, { name, size }] of files.entries()) {
    const object = { Bucket: bucket, Key: name }
    if (size > PART_BYTES) {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(object))
      const upload = { ...object, UploadId }
      uploads.push(upload)
      for (let start = 0, PartNumber = 1; start < size; start += PART_BYTES, PartNumber++) {
        const url = await getSignedUrl(client, new UploadPartCommand({ ...upload, PartNumber }))
        transfers.push({ file, start, end: Math.min(start + PART_BYTES, size), url })
      }
    } else if (form) {
      transfers.push({ file, start: 0, end: size, ...(await createPresignedPost(client, object)) })
    } else {
      transfers.push({
        file,
        start: 0,
        end: size,
        url: await getSignedUrl(client, new PutObjectCommand(object)),
      })
    }
  }
  const complete = async () => {
    for (const upload of uploads) await completeUpload(client, upload)
  }
  return { transfers, complete }
}

async function completeUpload(client: S3Client, upload: Multipart): Promise<void> {
  const { Parts = [] } = await client.send(new ListPartsCommand(upload))
  const MultipartUpload = { Parts: Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) }
  await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }))
}

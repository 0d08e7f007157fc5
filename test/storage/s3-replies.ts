// What the storage tests share: bytes, their hash, refusals in S3's terms, and a client that signs for browsers.
import { createHash, randomBytes } from 'node:crypto'
import {
  CreateMultipartUploadCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { S3UnderTest } from '../support/s3-under-test.js'

export const MiB = 1024 * 1024
/** The least that S3 takes for a part that is not the last. */
export const minPartSize = 5 * MiB

export const someBytes = (size: number): Buffer => randomBytes(size)

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest()
}

export interface Refusal {
  code: string
  status: number | undefined
}

/** How S3 refused the SDK's request; it must not succeed. */
export async function refusal(request: Promise<unknown>): Promise<Refusal> {
  try {
    await request
  } catch (error) {
    if (error instanceof S3ServiceException) {
      return { code: error.name, status: error.$metadata.httpStatusCode }
    }
    throw error
  }
  throw new Error('S3 accepted what it should refuse')
}

/** How S3 answered a plain HTTP request; `code` is empty for a success. */
export async function outcome(response: Response): Promise<Refusal> {
  const code = /<Code>(.+?)<\/Code>/.exec(await response.text())?.[1] ?? ''
  return { code, status: response.status }
}

/** Signs URLs without the checksum of an empty body, which the SDK would add. */
export function signingClient({ endpoint, region, credentials }: S3UnderTest): S3Client {
  return new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
}

export interface BegunUpload {
  Bucket: string
  Key: string
  UploadId: string
}

export async function beginUpload(client: S3Client, Bucket: string, Key: string): Promise<BegunUpload> {
  const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
  return { Bucket, Key, UploadId }
}

export interface SentPart {
  PartNumber: number
  ETag: string
}

export async function sendPart(
  client: S3Client,
  upload: BegunUpload,
  PartNumber: number,
  Body: Uint8Array,
): Promise<SentPart> {
  const { ETag = '' } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }))
  return { PartNumber, ETag }
}

// What S3 holds, as its own API tells it.
import { createHash } from 'node:crypto'
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { journalKeys, objectKeys, unfinishedUploads } from '../support/bucket-contents.js'

export interface Contents {
  objects: string[]
  uploads: string[]
}

/** What was uploaded, and what is under way: without the journal. */
export async function listContents(client: S3Client, bucket: string): Promise<Contents> {
  const uploads = await unfinishedUploads(client, bucket)
  return { objects: await objectKeys(client, bucket), uploads: uploads.map(({ Key = '' }) => Key) }
}

/** With the journal. */
export async function listAll(client: S3Client, bucket: string): Promise<Contents> {
  const { objects, uploads } = await listContents(client, bucket)
  return { objects: [...(await journalKeys(client, bucket)), ...objects], uploads }
}

export async function readObject(client: S3Client, bucket: string, key: string) {
  const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of object.Body as AsyncIterable<Uint8Array>) {
    hash.update(chunk)
    size += chunk.length
  }
  const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
  return {
    sha256: hash.digest('hex'),
    size,
    type: head.ContentType,
    disposition: head.ContentDisposition,
    cacheControl: head.CacheControl,
    metadata: head.Metadata ?? {},
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

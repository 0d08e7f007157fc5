// AWS's SDK for JavaScript with all its defaults, such as the checksums that it sends and checks.
import { createReadStream, createWriteStream, openAsBlob } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { Client, Setting } from './client.js'

/** Has nothing of the environment. */
async function using<T>({ s3 }: Setting, work: (client: S3Client) => Promise<T>): Promise<T> {
  const { endpoint, region, credentials } = s3
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  try {
    return await work(client)
  } finally {
    client.destroy()
  }
}

/** With `@aws-sdk/lib-storage`. */
async function uploadStream(at: Setting, path: string, Key: string): Promise<void> {
  const params = { Bucket: at.bucket, Key, Body: createReadStream(path) }
  await using(at, (client) => new Upload({ client, params }).done())
}

async function download(at: Setting, Key: string, path: string): Promise<void> {
  await using(at, async (client) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: at.bucket, Key }))
    await pipeline(Body as Readable, createWriteStream(path))
  })
}

async function removeFolder(at: Setting, prefix: string): Promise<void> {
  await using(at, async (client) => {
    const { Contents = [] } = await client.send(
      new ListObjectsV2Command({ Bucket: at.bucket, Prefix: `${prefix}/` }),
    )
    const Objects = Contents.map(({ Key }) => ({ Key }))
    await client.send(new DeleteObjectsCommand({ Bucket: at.bucket, Delete: { Objects } }))
  })
}

async function uploadForm(at: Setting, path: string, Key: string): Promise<void> {
  const { url, fields } = await using(at, (client) => createPresignedPost(client, { Bucket: at.bucket, Key }))
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('file', await openAsBlob(path), 'file')
  const { status } = await fetch(url, { method: 'POST', body: form })
  if (status !== 204) throw new Error(`The form was answered with ${status}`)
}

export const awsSdk: Client = {
  name: 'AWS SDK for JavaScript',
  missing: undefined,
  version: async () => createRequire(import.meta.url)('@aws-sdk/client-s3/package.json').version,
  operations: {
    makeBucket: (at, Bucket) => using(at, (client) => client.send(new CreateBucketCommand({ Bucket }))),
    listBuckets: async (at) =>
      JSON.stringify((await using(at, (client) => client.send(new ListBucketsCommand()))).Buckets),
    removeBucket: (at, Bucket) => using(at, (client) => client.send(new DeleteBucketCommand({ Bucket }))),
    upload: async (at, path, Key) => {
      const Body = await readFile(path)
      return using(at, (client) => client.send(new PutObjectCommand({ Bucket: at.bucket, Key, Body })))
    },
    uploadInParts: uploadStream,
    uploadPiped: uploadStream,
    download,
    list: async (at) =>
      JSON.stringify(
        (await using(at, (client) => client.send(new ListObjectsV2Command({ Bucket: at.bucket })))).Contents,
      ),
    copy: (at, from, Key) =>
      using(at, (client) =>
        client.send(
          new CopyObjectCommand({
            ...{ Bucket: at.bucket, Key },
            CopySource: `${at.bucket}/${encodeURIComponent(from)}`,
          }),
        ),
      ),
    remove: (at, Key) =>
      using(at, (client) => client.send(new DeleteObjectCommand({ Bucket: at.bucket, Key }))),
    removeFolder,
    tag: (at, Key, name, Value) =>
      using(at, (client) =>
        client.send(
          new PutObjectTaggingCommand({
            ...{ Bucket: at.bucket, Key },
            Tagging: { TagSet: [{ Key: name, Value }] },
          }),
        ),
      ),
    presign: (at, Key) =>
      using(at, (client) => getSignedUrl(client, new GetObjectCommand({ Bucket: at.bucket, Key }))),
    uploadForm,
  },
}

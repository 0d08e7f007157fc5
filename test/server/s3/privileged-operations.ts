// What the middleware and its presigned requests do with S3, each with the IAM action that it needs.
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'

/** A bucket in which its owner has an object and an unfinished upload of one part. */
export interface World {
  Bucket: string
  object: { Bucket: string; Key: string }
  upload: { Bucket: string; Key: string; UploadId: string | undefined }
  part: { PartNumber: number; ETag: string | undefined }
}

export interface Operation {
  name: string
  action: string
  /** Status of S3's reply when the action is allowed. */
  status: number
  run: (client: S3Client, world: World) => Promise<number | undefined>
}

const ENTRY = '.partway/mount/owner/entry'

/** Status of the reply, of a refusal too. */
async function statusOf(reply: Promise<{ $metadata: { httpStatusCode?: number | undefined } }>) {
  const { $metadata } = await reply.catch((error) => error)
  return $metadata?.httpStatusCode
}

async function statusOfFetch(url: string, init: RequestInit) {
  const { status } = await fetch(url, init)
  return status
}

export const operations: Operation[] = [
  {
    name: 'a form POST',
    action: 's3:PutObject',
    status: 204,
    run: async (client, { Bucket }) => {
      const { url, fields } = await createPresignedPost(client, { Bucket, Key: 'form' })
      const body = new FormData()
      for (const [name, value] of Object.entries(fields)) body.set(name, value)
      body.set('file', new Blob(['content']))
      return statusOfFetch(url, { method: 'POST', body })
    },
  },
  {
    name: 'a presigned PUT',
    action: 's3:PutObject',
    status: 200,
    run: async (client, { Bucket }) => {
      const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 'put' }))
      return statusOfFetch(url, { method: 'PUT', body: 'content' })
    },
  },
  {
    name: 'the creation of a multipart upload',
    action: 's3:PutObject',
    status: 200,
    run: (client, { Bucket }) =>
      statusOf(client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'new' }))),
  },
  {
    name: 'a presigned PUT of a part',
    action: 's3:PutObject',
    status: 200,
    run: async (client, { upload }) => {
      const url = await getSignedUrl(client, new UploadPartCommand({ ...upload, PartNumber: 2 }))
      return statusOfFetch(url, { method: 'PUT', body: 'content' })
    },
  },
  {
    name: 'the completion of a multipart upload',
    action: 's3:PutObject',
    status: 200,
    run: (client, { upload, part }) => {
      const command = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [part] } })
      return statusOf(client.send(command))
    },
  },
  {
    name: 'the list of parts',
    action: 's3:ListMultipartUploadParts',
    status: 200,
    run: (client, { upload }) => statusOf(client.send(new ListPartsCommand(upload))),
  },
  {
    name: 'the abort of a multipart upload',
    action: 's3:AbortMultipartUpload',
    status: 204,
    run: (client, { upload }) => statusOf(client.send(new AbortMultipartUploadCommand(upload))),
  },
  {
    name: 'HEAD of an object',
    action: 's3:GetObject',
    status: 200,
    run: (client, { object }) => statusOf(client.send(new HeadObjectCommand(object))),
  },
  {
    name: 'HEAD of an object that it wrote',
    action: 's3:GetObject',
    status: 200,
    run: async (client, { object }) => {
      await client.send(new PutObjectCommand({ ...object, Body: 'content' }))
      return statusOf(client.send(new HeadObjectCommand(object)))
    },
  },
  {
    name: 'GET of the first bytes of an object',
    action: 's3:GetObject',
    status: 206,
    run: (client, { object }) =>
      statusOf(client.send(new GetObjectCommand({ ...object, Range: 'bytes=0-2' }))),
  },
  {
    name: '404 for an object that does not exist',
    action: 's3:ListBucket',
    status: 404,
    run: (client, { Bucket }) => statusOf(client.send(new HeadObjectCommand({ Bucket, Key: 'missing' }))),
  },
  {
    name: 'DELETE of an object',
    action: 's3:DeleteObject',
    status: 204,
    run: (client, { object }) => statusOf(client.send(new DeleteObjectCommand(object))),
  },
  {
    name: 'a new entry of the journal',
    action: 's3:PutObject',
    status: 200,
    run: (client, { Bucket }) =>
      statusOf(client.send(new PutObjectCommand({ Bucket, Key: ENTRY, Body: 'content', IfNoneMatch: '*' }))),
  },
  {
    name: 'an entry of the journal that is there',
    action: 's3:GetObject',
    status: 200,
    run: async (client, { Bucket }) => {
      await client.send(new PutObjectCommand({ Bucket, Key: ENTRY, Body: 'content' }))
      return statusOf(client.send(new GetObjectCommand({ Bucket, Key: ENTRY })))
    },
  },
  {
    name: '404 for an entry of the journal that does not exist',
    action: 's3:ListBucket',
    status: 404,
    run: (client, { Bucket }) => statusOf(client.send(new GetObjectCommand({ Bucket, Key: ENTRY }))),
  },
  {
    name: 'the list of the journal',
    action: 's3:ListBucket',
    status: 200,
    run: (client, { Bucket }) =>
      statusOf(client.send(new ListObjectsV2Command({ Bucket, Prefix: '.partway/' }))),
  },
  {
    name: 'DELETE of an entry of the journal',
    action: 's3:DeleteObject',
    status: 204,
    run: (client, { Bucket }) => statusOf(client.send(new DeleteObjectCommand({ Bucket, Key: ENTRY }))),
  },
]

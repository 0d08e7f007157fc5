// A worker of a queue, a scanner, a table, and an S3 that copies: one upload is released, one is rejected, and one is large.
import { text } from 'node:stream/consumers'
import {
  type CompletedPart,
  type DeleteObjectCommandInput,
  GetObjectCommand,
  type GetObjectCommandOutput,
  PutObjectCommand,
  S3Client,
  type ServiceOutputTypes,
} from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { objectKeys } from '../../../support/bucket-contents.js'
import { createBucket } from '../../../support/s3-under-test.js'

export {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'

interface Copy {
  Bucket: string
  Key: string
  CopySource: string
  CopySourceIfMatch: string
  CopySourceRange?: string
}

const ranges: (string | undefined)[] = []
let completed: CompletedPart[] = []

/** The embedded store copies nothing. What the worker sends for it is carried out here. */
const COPIES: Record<string, (input: never) => Promise<object>> = {
  async CopyObjectCommand({ Bucket, Key, CopySource, CopySourceIfMatch: IfMatch }: Copy) {
    const [bucket, ...segments] = CopySource.split('/')
    const source = { Bucket: bucket, Key: segments.map(decodeURIComponent).join('/'), IfMatch }
    const { Body, Metadata = {} } = await s3.send(new GetObjectCommand(source))
    const bytes = (await Body?.transformToByteArray()) ?? ''
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: bytes, Metadata }))
    return {}
  },
  CreateMultipartUploadCommand: async () => ({ UploadId: 'large' }),
  async UploadPartCopyCommand({ CopySourceRange }: Copy) {
    ranges.push(CopySourceRange)
    return { CopyPartResult: { ETag: `"${ranges.length}"` } }
  },
  async CompleteMultipartUploadCommand(input: { MultipartUpload: { Parts: CompletedPart[] } }) {
    completed = input.MultipartUpload.Parts
    return {}
  },
}

export const s3 = new S3Client({ forcePathStyle: true })
s3.middlewareStack.add(
  (next, { commandName = '' }) =>
    async (command) => {
      const copy = COPIES[commandName]
      if (!copy) return await next(command)
      const output = (await copy(command.input as never)) as ServiceOutputTypes
      return { output, response: {} }
    },
  { step: 'initialize' },
)

export const scanner = {
  isClean: async (body: GetObjectCommandOutput['Body']) =>
    (await text(body as AsyncIterable<Uint8Array>)) !== 'virus',
}

const rows = new Map<string, object>()
export const files = { update: async (id: string, row: object) => void rows.set(id, row) }

interface Upload {
  id: string
  bucket: string
  key: string
  etag: string
  size: number
}

interface Job {
  name: string
  data: object
}

const jobs = new Map<string, Job & { delay: number }>()
export const queue = {
  async add(name: string, data: object, { jobId, delay }: { jobId: string; delay: number }): Promise<void> {
    jobs.set(jobId, { name, data, delay })
  },
}

let work: (job: Job) => Promise<void>
export class Worker {
  constructor(
    _queue: string,
    process: (job: Job & { data: Upload & DeleteObjectCommandInput }) => Promise<void>,
  ) {
    work = process as typeof work
  }
}

export async function check(): Promise<void> {
  const bucket = await createBucket(s3)
  const put = async (id: string, Body: string, size = Body.length) => {
    const key = `quarantine/ada/${id}/ein Brief+.txt`
    const metadata = { 'partway-id': id }
    const { ETag: etag } = await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body, Metadata: metadata }),
    )
    return { name: 'scan', data: { id, bucket, key, etag, size } }
  }
  const clean = await put('1', 'a letter')
  for (const job of [clean, clean, await put('2', 'virus')]) await work(job)
  const released = 'released/ada/1/ein Brief+.txt'
  expect([...rows.values()]).toEqual([{ state: 'released', key: released }, { state: 'rejected' }])
  const { Body, Metadata } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: released }))
  expect([await Body?.transformToString(), Metadata]).toEqual(['a letter', { 'partway-id': '1' }])

  const changed = { ...clean, data: { ...clean.data, etag: '"another"' } }
  await expect(work(changed)).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } })

  await work(await put('3', 'a film', 12 * 1024 ** 3))
  expect(ranges).toEqual([
    'bytes=0-5368709119',
    'bytes=5368709120-10737418239',
    'bytes=10737418240-12884901887',
  ])
  expect(completed).toEqual([1, 2, 3].map((PartNumber) => ({ PartNumber, ETag: `"${PartNumber}"` })))

  expect(jobs.size).toBe(3)
  for (const job of jobs.values()) {
    expect(job.delay).toBeGreaterThan(3_600_000)
    await work(job)
  }
  expect(await objectKeys(s3, bucket)).toEqual([released])
}

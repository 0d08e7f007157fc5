// Mounts Partway in the demo: who uploads, how much, and what happens when an object is stored.
import type { S3Client } from '@aws-sdk/client-s3'
import { type PartwayMiddleware, partway } from '@partway/koa'
import { visitorOf } from './people/visitor.js'

export interface UploadsOptions {
  client: S3Client
  bucket: string
  uploadsPerDay: number
  onQuotaChanged(owner: string): Promise<void>
  onStored(owner: string): void
}

export function createUploads(options: UploadsOptions): PartwayMiddleware {
  const { client, bucket, uploadsPerDay, onQuotaChanged, onStored } = options
  return partway({
    client,
    bucket,
    owner: visitorOf,
    quota: { files: uploadsPerDay },
    // For the race's other lane: unmodified `@uppy/aws-s3`.
    companion: true,
    onCreate: ({ owner }) => onQuotaChanged(owner),
    onAbort: ({ owner }) => onQuotaChanged(owner),
    onComplete: ({ owner }) => onStored(owner),
  })
}

// The services that sequences are played on: the embedded store in a process of its own, which can be killed, and Ceph.
import { watch } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { openS3 } from '../../support/s3-under-test.js'
import { forkStore, type StoreProcess } from '../embedded-store.js'
import type { Service } from './operation.js'
import type { Model } from './s3-model.js'

/** A service with a new bucket. */
export interface ServiceUnderTest extends Service {
  restart(end: 'exit' | 'kill'): Promise<void>
  /** @param count of changes of the bucket's files */
  untilChanged(count: number, signal: AbortSignal): Promise<void>
  /** What only the embedded store shows: its files. */
  checkFiles(model: Model): Promise<void>
  /** Deletes the bucket with all that is in it. */
  close(): Promise<void>
}

export interface Services {
  open(): Promise<ServiceUnderTest>
  /** After a failure: nothing of it may be left for the sequences that look for its cause. */
  reset(): Promise<void>
  close(): Promise<void>
}

export async function openEmbeddedStore(): Promise<Services> {
  const newFolder = () => mkdtemp(join(tmpdir(), 'partway-model-'))
  let dataFolder = await newFolder()
  let store: StoreProcess = await forkStore(dataFolder)
  let opened = 0
  const close = async (): Promise<void> => {
    await store.kill()
    await rm(dataFolder, { recursive: true, force: true })
  }
  return {
    close,
    async reset() {
      await close()
      dataFolder = await newFolder()
      store = await forkStore(dataFolder)
    },
    async open() {
      const service: ServiceUnderTest = {
        client: store.client,
        Bucket: `sequence-${opened++}`,
        uploadIds: [],
        async restart(end) {
          await store[end]()
          store = await forkStore(dataFolder)
          service.client = store.client
        },
        untilChanged(count, signal) {
          const folders = ['data', 'objects', 'uploads'].map((name) =>
            join(dataFolder, 'buckets', service.Bucket, name),
          )
          return new Promise((resolve) => {
            let left = count
            const note = () => left-- <= 0 && resolve()
            for (const folder of folders) watch(folder, { signal }, note)
            note()
          })
        },
        async checkFiles({ objects, uploads }) {
          const parts = uploads.map((upload) => (upload.isOver ? 0 : upload.parts.size))
          // One for each part, and one for what came in one piece.
          const named = [...objects.values()].map(({ contents, upload }) =>
            upload === undefined ? 1 : contents.length,
          )
          const files = await readdir(join(dataFolder, 'buckets', service.Bucket, 'data'))
          const expected = [...parts, ...named].reduce((sum, count) => sum + count, 0)
          expect(files.length, 'files of data').toBe(expected)
          expect(await readdir(join(dataFolder, 'temporary'))).toEqual([])
          expect(await readdir(dataFolder)).not.toContain('set-aside')
        },
        close: () => deleteBucket(service),
      }
      await service.client.send(new CreateBucketCommand({ Bucket: service.Bucket }))
      return service
    },
  }
}

export async function openCeph(): Promise<Services> {
  const { endpoint, region, credentials, close } = await openS3()
  const client = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  let opened = 0
  return {
    async open() {
      const service: ServiceUnderTest = {
        client,
        Bucket: `sequence-${Date.now()}-${opened++}`,
        uploadIds: [],
        restart: async () => undefined,
        untilChanged: async () => undefined,
        checkFiles: async () => undefined,
        close: () => deleteBucket(service),
      }
      await client.send(new CreateBucketCommand({ Bucket: service.Bucket }))
      return service
    },
    reset: async () => undefined,
    async close() {
      client.destroy()
      await close()
    },
  }
}

async function deleteBucket({ client, Bucket }: Service): Promise<void> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }))
  for (const { Key, UploadId } of Uploads) {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
  }
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
  for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket, Key }))
  await client.send(new DeleteBucketCommand({ Bucket }))
}

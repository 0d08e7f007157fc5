// Who keeps objects in the scenarios `store-…`: the embedded store in a process of its own, Ceph, and a folder of plain files.
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import pMap from 'p-map'
import { forkStore } from '../../storage/embedded-store.js'
import type { BenchClient } from '../clients.js'
import type { BenchStore } from './bench-store.js'

export interface ObjectStore {
  put(key: string, body: Uint8Array): Promise<void>
  /** The same part, `count` times. */
  putInParts(key: string, part: Uint8Array, count: number): Promise<void>
  listKeys(): Promise<string[]>
  /** Ends the store and starts it again, if it is the embedded one. */
  restart?(): Promise<void>
  /** The most memory that the store's process has had since its start. */
  peakRssBytes?(): Promise<number>
  /** Deletes all that was put. */
  close(): Promise<void>
}

const PARTS_AT_ONCE = 4

// Neither has a page.
const files: BenchClient = { name: 'files', page: 'raw', server: 'site' }
const ceph: BenchClient = { ...files, name: 'ceph' }
const embedded: BenchClient = { ...files, name: 'partway-store' }
export const storeClients = { files, ceph, embedded }

/** @param cephStore used where the client is Ceph */
export async function openObjectStore({ name }: BenchClient, cephStore: BenchStore): Promise<ObjectStore> {
  if (name.startsWith(files.name)) return openFolder()
  return name.startsWith(ceph.name) ? openBucketOfCeph(cephStore) : openEmbedded()
}

async function openEmbedded(): Promise<ObjectStore> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'partway-bench-'))
  const Bucket = 'bench'
  let store = await forkStore(dataFolder)
  await store.client.send(new CreateBucketCommand({ Bucket }))
  return {
    ...inBucket(() => store.client, Bucket),
    async restart() {
      await store.exit()
      store = await forkStore(dataFolder)
    },
    async peakRssBytes() {
      const status = await readFile(`/proc/${store.process.pid}/status`, 'utf8')
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024
    },
    async close() {
      await store.kill()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

async function openBucketOfCeph(store: BenchStore): Promise<ObjectStore> {
  const Bucket = await store.createBucket()
  const bucket = inBucket(() => store.client, Bucket)
  return {
    ...bucket,
    async close() {
      const keys = await bucket.listKeys()
      for (let start = 0; start < keys.length; start += 1000) {
        const Objects = keys.slice(start, start + 1000).map((Key) => ({ Key }))
        await store.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
      }
      await store.collectGarbage()
    },
  }
}

function inBucket(
  client: () => S3Client,
  Bucket: string,
): Pick<ObjectStore, 'put' | 'putInParts' | 'listKeys'> {
  return {
    async put(Key, Body) {
      await client().send(new PutObjectCommand({ Bucket, Key, Body }))
    },
    async putInParts(Key, Body, count) {
      const { UploadId } = await client().send(new CreateMultipartUploadCommand({ Bucket, Key }))
      const numbers = Array.from({ length: count }, (_, index) => index + 1)
      const Parts = await pMap(
        numbers,
        async (PartNumber) => {
          const part = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body })
          return { PartNumber, ETag: (await client().send(part)).ETag }
        },
        { concurrency: PARTS_AT_ONCE },
      )
      const MultipartUpload = { Parts }
      await client().send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }))
    },
    async listKeys() {
      const keys: string[] = []
      for await (const { Contents = [] } of paginateListObjectsV2({ client: client() }, { Bucket })) {
        keys.push(...Contents.map(({ Key = '' }) => Key))
      }
      return keys
    },
  }
}

/** What is written is on the disk, as with a store. */
async function openFolder(): Promise<ObjectStore> {
  const folder = await mkdtemp(join(tmpdir(), 'partway-bench-'))
  return {
    async put(key, body) {
      const file = join(folder, key)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, body, { flush: true })
    },
    async putInParts(key, part, count) {
      const file = await open(join(folder, key), 'wx')
      for (let written = 0; written < count; written++) await file.writeFile(part)
      await file.sync()
      await file.close()
    },
    async listKeys() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true })
      return entries
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort()
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

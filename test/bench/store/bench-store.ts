// The S3 that everything is measured against: Ceph, or the embedded store where only the harness itself is tested.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, PutBucketCorsCommand, S3Client } from '@aws-sdk/client-s3'
import { startStore } from '@partway/store'
import { startCeph } from '../../support/start-ceph.js'

export interface StoreAccess {
  endpoint: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
}

export interface BenchStore extends StoreAccess {
  name: string
  port: number
  /** Whether what was uploaded can be read again and compared. */
  keepsObjects: boolean
  client: S3Client
  /** A new bucket that pages may upload to. */
  createBucket(): Promise<string>
  /** Frees the memory of deleted objects. */
  collectGarbage(): Promise<void>
  close(): Promise<void>
}

const region = 'us-east-1'

export async function openCeph(): Promise<BenchStore> {
  const { access, collectGarbage, stop } = await startCeph()
  const { endpoint, accessKeyId, secretAccessKey } = access
  const credentials = { accessKeyId, secretAccessKey }
  return openStore('Ceph, one node', { endpoint, region, credentials }, { collectGarbage, stop })
}

export async function openEmbeddedStore(): Promise<BenchStore> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'partway-bench-'))
  const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded-secret' }
  const store = await startStore({ dataFolder, port: 0, region, ...credentials })
  const stop = async () => {
    await store.close()
    await rm(dataFolder, { recursive: true, force: true })
  }
  const { endpoint } = store
  return openStore(
    'the embedded store',
    { endpoint, region, credentials },
    { collectGarbage: async () => {}, stop },
  )
}

function openStore(
  name: string,
  access: StoreAccess,
  service: { collectGarbage(): Promise<void>; stop(): Promise<void> },
): BenchStore {
  const client = new S3Client({ ...access, forcePathStyle: true })
  return {
    ...access,
    name,
    keepsObjects: true,
    port: Number(new URL(access.endpoint).port),
    client,
    createBucket: () => createBucket(client),
    collectGarbage: service.collectGarbage,
    async close() {
      client.destroy()
      await service.stop()
    },
  }
}

async function createBucket(client: S3Client): Promise<string> {
  const Bucket = `bench-${randomUUID()}`
  const rule = {
    AllowedOrigins: ['*'],
    AllowedMethods: ['GET', 'HEAD', 'POST', 'PUT'],
    AllowedHeaders: ['*'],
  }
  const CORSRules = [{ ...rule, ExposeHeaders: ['ETag', 'Location'], MaxAgeSeconds: 3600 }]
  await client.send(new CreateBucketCommand({ Bucket }))
  await client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }))
  return Bucket
}

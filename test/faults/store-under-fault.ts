// The embedded store, in a folder of its own, that can be stopped and started again on the same port.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, PutBucketCorsCommand, type S3Client } from '@aws-sdk/client-s3'
import { type Store, startStore } from '@partway/store'
import { createClient } from './own-clock-client.js'

export interface StoreUnderFault {
  endpoint: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  /** The owner's, past every proxy. */
  client: S3Client
  /** @param exposedHeaders that pages may read */
  createBucket(exposedHeaders: string[]): Promise<string>
  /** Ends it, with every request under way. */
  stop(): Promise<void>
  /** With all that it had. */
  start(): Promise<void>
  close(): Promise<void>
}

export async function openStore(): Promise<StoreUnderFault> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'partway-faults-'))
  const region = 'us-east-1'
  const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded-secret' }
  let store: Store | undefined = await startStore({ dataFolder, region, ...credentials })
  const { endpoint } = store
  const client = createClient({ endpoint, region, credentials })
  const stop = async () => {
    await store?.close()
    store = undefined
  }
  return {
    endpoint,
    region,
    credentials,
    client,
    async createBucket(exposedHeaders) {
      const bucket = `faults-${randomUUID()}`
      await client.send(new CreateBucketCommand({ Bucket: bucket }))
      const rule = { AllowedOrigins: ['*'], AllowedMethods: ['POST', 'PUT'], AllowedHeaders: ['*'] }
      const rules = { CORSRules: [{ ...rule, ExposeHeaders: exposedHeaders, MaxAgeSeconds: 3600 }] }
      await client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: rules }))
      return bucket
    },
    stop,
    async start() {
      store = await startStore({ dataFolder, region, ...credentials, port: Number(new URL(endpoint).port) })
    },
    async close() {
      await stop()
      client.destroy()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

// The S3 service that a test file runs against: the embedded store, or Ceph with S3_UNDER_TEST=ceph.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, PutBucketCorsCommand, S3Client } from '@aws-sdk/client-s3'
import { startStore } from '@partway/store'
import { inject } from 'vitest'
import { grantLeastPrivilege } from './least-privilege.js'

export interface S3UnderTest {
  name: 'embedded' | 'ceph'
  endpoint: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  /** On Ceph: a user who has no rights but those of `policy()`, in every bucket of `createBucket`. */
  limited: { credentials: S3UnderTest['credentials']; principal: string } | undefined
  /** Path-style client with the account's full rights. */
  client: S3Client
  close(): Promise<void>
}

const region = 'us-east-1'

export async function openS3(): Promise<S3UnderTest> {
  const ceph = inject('ceph')
  if (ceph) {
    const { endpoint, accessKeyId, secretAccessKey } = ceph
    const credentials = { accessKeyId, secretAccessKey }
    const { principal, ...keys } = ceph.limited
    const client = createClient(endpoint, credentials)
    return {
      name: 'ceph',
      endpoint,
      region,
      credentials,
      limited: { credentials: keys, principal },
      client,
      close: async () => client.destroy(),
    }
  }
  const dataFolder = await mkdtemp(join(tmpdir(), 'partway-store-'))
  const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded-secret' }
  const store = await startStore({ dataFolder, port: 0, region, ...credentials })
  const client = createClient(store.endpoint, credentials)
  return {
    name: 'embedded',
    endpoint: store.endpoint,
    region,
    credentials,
    limited: undefined,
    client,
    async close() {
      client.destroy()
      await store.close()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

/** A new bucket that pages on `origins` may upload to, and the limited user, if there is one, too. */
export async function createBucket(client: S3Client, origins: string[] = ['*']): Promise<string> {
  const bucket = `test-${randomUUID()}`
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  await client.send(
    new PutBucketCorsCommand({
      Bucket: bucket,
      CORSConfiguration: {
        CORSRules: [
          {
            AllowedOrigins: origins,
            AllowedMethods: ['GET', 'HEAD', 'POST', 'PUT'],
            AllowedHeaders: ['*'],
            ExposeHeaders: ['ETag', 'Location'],
            MaxAgeSeconds: 3600,
          },
        ],
      },
    }),
  )
  const ceph = inject('ceph')
  if (ceph) await grantLeastPrivilege(client, bucket, ceph)
  return bucket
}

function createClient(endpoint: string, credentials: S3UnderTest['credentials']): S3Client {
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true })
}

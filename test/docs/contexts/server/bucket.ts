// An S3 in the region of the docs, in which the functions make the bucket ready.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetBucketCorsCommand, S3Client } from '@aws-sdk/client-s3'
import { startStore } from '@partway/store'
import { expect, vi } from 'vitest'

const region = 'eu-west-1'
const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded-secret' }
const dataFolder = await mkdtemp(join(tmpdir(), 'partway-store-'))
const store = await startStore({ dataFolder, port: 0, region, ...credentials })
const { AWS_ENDPOINT_URL_S3: others } = process.env
vi.stubEnv('AWS_ENDPOINT_URL_S3', store.endpoint)

export async function check(): Promise<void> {
  const client = new S3Client({ endpoint: store.endpoint, region, credentials })
  const { CORSRules } = await client.send(new GetBucketCorsCommand({ Bucket: 'media' }))
  expect(CORSRules).toMatchObject([{ AllowedOrigins: ['https://app.example'] }])
  client.destroy()
  vi.stubEnv('AWS_ENDPOINT_URL_S3', others)
  await store.close()
  await rm(dataFolder, { recursive: true, force: true })
}

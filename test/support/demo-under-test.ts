// The demo with its page, on the S3 service under test, in a bucket of its own.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { S3Client } from '@aws-sdk/client-s3'
import { type Demo, startDemo } from '@partway/demo'
import { createBucket, openS3, type S3UnderTest } from './s3-under-test.js'

export interface DemoUnderTest {
  demo: Demo
  s3: S3UnderTest
  bucket: string
  /** May do everything with the bucket. */
  client: S3Client
  close(): Promise<void>
}

/**
 * @param reachS3 Opens another way to the S3 service, for the page and the app, and gives its origin.
 * @param uploadsPerDay Tests upload more than people do in a day.
 */
export async function openDemo(
  reachS3 = async (endpoint: string): Promise<string> => endpoint,
  uploadsPerDay = 10_000,
): Promise<DemoUnderTest> {
  const s3 = await openS3()
  const bucket = await createBucket(s3.client)
  const dataFolder = await mkdtemp(join(tmpdir(), 'partway-demo-'))
  const { region } = s3
  const endpoint = await reachS3(s3.endpoint)
  const { credentials } = s3.limited ?? s3
  const demo = await startDemo({
    port: 0,
    uploadsPerDay,
    dataFolder,
    siteFolder: join(import.meta.dirname, '../../demo/dist/site'),
    s3: { bucket, endpoint, region, credentials, forcePathStyle: true },
  })
  return {
    demo,
    s3,
    bucket,
    client: s3.client,
    async close() {
      await demo.close()
      await s3.close()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

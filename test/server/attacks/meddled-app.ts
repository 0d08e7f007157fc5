// A host app that lets a test act at the moment in which the server is about to call S3, or has just called it.
import { S3Client } from '@aws-sdk/client-s3'
import type { PartwayOptions } from '@partway/koa'
import { createBucket, type S3UnderTest } from '../../support/s3-under-test.js'
import { type HostApp, secrets, serveApp } from '../serve.js'

type Meddle = () => Promise<unknown>

/** Each runs once. */
export interface Meddling {
  before?: Meddle | undefined
  after?: Meddle | undefined
}

/** @param command of the SDK, such as `ListPartsCommand` */
export async function openMeddled(s3: S3UnderTest, command: string, more: Partial<PartwayOptions> = {}) {
  const { endpoint, region, credentials } = s3
  const bucket = await createBucket(s3.client)
  const meddle: Meddling = {}
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== command) return await next(args)
        const { before, after } = meddle
        Object.assign(meddle, { before: undefined, after: undefined })
        await before?.()
        const result = await next(args)
        await after?.()
        return result
      },
    { step: 'initialize' },
  )
  const options = { client, bucket, owner: () => 'ada', secrets, companion: true }
  const host: HostApp = await serveApp({ ...options, partSize: 5 * 1024 ** 2, ...more } as PartwayOptions)
  return { bucket, host, meddle }
}

// `@partway/koa` with its defaults.
import type { RequestListener } from 'node:http'
import { S3Client } from '@aws-sdk/client-s3'
import { type PartwayOptions, partway } from '@partway/koa'
import Koa from 'koa'
import type { ServerSetting } from './server-setting.js'

export default function createPartwayServer(setting: ServerSetting): RequestListener {
  const { bucket, region, credentials, endpoint, publicEndpoint } = setting
  const s3 = { region, credentials, endpoint, forcePathStyle: true }
  const options: Partial<PartwayOptions> = {
    bucket,
    ...s3,
    ...(publicEndpoint && { signingClient: new S3Client({ ...s3, endpoint: publicEndpoint }) }),
    owner: () => 'ada',
    secrets: ['a secret for benchmarks that is long enough'],
  }
  return new Koa().use(partway({ ...options, ...setting.partway } as PartwayOptions)).callback()
}

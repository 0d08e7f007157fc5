// `@partway/koa` with its defaults.
import type { RequestListener } from 'node:http'
import { type PartwayOptions, partway } from '@partway/koa'
import Koa from 'koa'
import type { ServerSetting } from './server-setting.js'

export default function createPartwayServer(setting: ServerSetting): RequestListener {
  const options: Partial<PartwayOptions> = {
    bucket: setting.bucket,
    region: setting.region,
    credentials: setting.credentials,
    endpoint: setting.endpoint,
    forcePathStyle: true,
    owner: () => 'ada',
    secrets: ['a secret for benchmarks that is long enough'],
  }
  return new Koa().use(partway({ ...options, ...setting.partway } as PartwayOptions)).callback()
}

// The tus server, which passes the bytes on to S3.
import type { RequestListener } from 'node:http'
import { S3Store } from '@tus/s3-store'
import { Server } from '@tus/server'
import type { ServerSetting } from './server-setting.js'

export default function createTusServer(setting: ServerSetting): RequestListener {
  const { bucket, region, credentials, endpoint } = setting
  const datastore = new S3Store({
    partSize: 8 * 1024 ** 2,
    s3ClientConfig: { bucket, region, credentials, endpoint, forcePathStyle: true },
  })
  const server = new Server({ path: '/uploads', datastore })
  return (request, response) => void server.handle(request, response)
}

// One of the nodes. They share only the secret, the bucket and the quota's Valkey: any node answers any call.
import { send } from '@koa/send'
import { partway } from '@partway/koa'
import { Redis } from 'ioredis'
import Koa from 'koa'

const { APP_SECRET = '', S3_BUCKET = '', REDIS_URL = '', PORT = '3001' } = process.env

const app = new Koa()
app.keys = [APP_SECRET]
// nginx passes on the client's address and protocol.
app.proxy = true
app.use(async (ctx, next) => {
  ctx.set('X-Served-By', PORT)
  await next()
})
const uploads = partway({
  bucket: S3_BUCKET,
  forcePathStyle: true,
  owner: 'anonymous',
  quota: { files: 20, redis: new Redis(REDIS_URL) },
})
app.use(uploads)
app.use((ctx) => send(ctx, ctx.path, { root: 'dist', index: 'index.html' }))
const server = app.listen(PORT, () => console.log(`node on port ${PORT}`))

// On a deploy: answers calls in flight; new ones reach the other node.
process.once('SIGTERM', async () => {
  await uploads.close()
  server.close()
  server.closeAllConnections()
  process.exit()
})

// One of the nodes. They share the secret, the bucket and the quota's Valkey, and nothing else: any of them answers any call.
import { send } from '@koa/send'
import { partway } from '@partway/koa'
import { Redis } from 'ioredis'
import Koa from 'koa'

const { APP_SECRET = '', S3_BUCKET = '', REDIS_URL = '', PORT = '3001' } = process.env

const app = new Koa()
app.keys = [APP_SECRET]
// nginx tells who calls, and over which protocol.
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

// A deploy: what is under way is answered, what comes then reaches the other node.
process.once('SIGTERM', async () => {
  await uploads.close()
  server.close()
  server.closeAllConnections()
  process.exit()
})

// Authorizes uploads, signs, and serves the built page.
import { send } from '@koa/send'
import { partway } from '@partway/koa'
import Koa from 'koa'

const { APP_SECRET = '', S3_BUCKET = '', PORT = '3000' } = process.env

const app = new Koa()
app.keys = [APP_SECRET]
app.use(partway({ bucket: S3_BUCKET, forcePathStyle: true, owner: 'anonymous' }))
app.use((ctx) => send(ctx, ctx.path, { root: 'dist', index: 'index.html' }))
app.listen(PORT, () => console.log(`http://localhost:${PORT}`))

// An app whose users sign in, and that keeps a row in its database for each upload.
import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import { send } from '@koa/send'
import { partway } from '@partway/koa'
import Koa from 'koa'
import session from 'koa-session'
import { addUpload, completeUpload, removeUpload, uploadsOf } from './uploads.js'

const { APP_SECRET = '', S3_BUCKET = '', PORT = '3000' } = process.env

const app = new Koa()
app.keys = [APP_SECRET]
app.use(session({ sameSite: 'lax' }, app))
app.use(bodyParser())

const router = new Router()
router.post('/sign-in', (ctx) => {
  // In place of a password.
  const { name } = /** @type {{ name?: string }} */ (ctx.request.body)
  ctx.session = { user: name }
  ctx.redirect('/')
})
router.post('/sign-out', (ctx) => {
  ctx.session = null
  ctx.redirect('/')
})
router.get('/me', (ctx) => {
  const user = ctx.session?.user
  ctx.body = { user, uploads: user ? uploadsOf(user) : [] }
})
app.use(router.routes())

app.use(
  partway({
    bucket: S3_BUCKET,
    forcePathStyle: true,
    owner: (ctx) => ctx.session?.user,
    onCreate: addUpload,
    onComplete: completeUpload,
    onAbort: removeUpload,
  }),
)
app.use((ctx) => send(ctx, ctx.path, { root: 'dist', index: 'index.html' }))
app.listen(PORT, () => console.log(`http://localhost:${PORT}`))
